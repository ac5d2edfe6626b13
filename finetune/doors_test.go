package finetune

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gobert/data/labelled/dataset"
)

// TestAJobThatCannotBeDoneSaysSo: one error.
func TestAJobThatCannotBeDoneSaysSo(t *testing.T) {
	file := filepath.Join(t.TempDir(), "reviews.csv")
	if err := os.WriteFile(file, []byte("text,label\na fine day,good\nrain,bad\nsun,good\nstorm,bad\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := dataset.Open(dataset.Source{Task: "classify", Data: []string{file}})
	if err != nil {
		t.Fatal(err)
	}
	over, stop := context.WithCancel(t.Context())
	stop()
	for want, c := range map[string]struct {
		ctx  context.Context
		data *dataset.Dataset
		out  string
		is   error
	}{
		"the job has no data":         {ctx: t.Context(), out: "out"},
		"out is missing":              {ctx: t.Context(), data: d},
		"there is no folder \"none\"": {ctx: t.Context(), data: d, out: "out"},
		"context canceled":            {ctx: over, data: d, out: "out", is: context.Canceled},
	} {
		t.Setenv("HF_HUB_OFFLINE", "1")
		s := Defaults()
		if s.Model, s.Task, s.Out = "none", "classify", c.out; c.out != "" {
			s.Out = filepath.Join(t.TempDir(), c.out)
		}
		if c.is != nil {
			s.Model = "../pipeline/testdata/scores/one"
		}
		_, err := Train(c.ctx, Job{Settings: s, Data: c.data})
		if err == nil || !strings.Contains(err.Error(), want) && !errors.Is(err, c.is) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
