package finetune

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gobert/data/labelled"
	"gobert/data/labelled/dataset"
	"gobert/train"
)

// swapped exchanges the two labels of examples.
func swapped(examples []labelled.Example) []labelled.Example {
	all := slices.Clone(examples)
	for i := range all {
		all[i].Labels = []string{map[string]string{"good": "bad", "bad": "good"}[all[i].Label()]}
	}
	return all
}

// otherData are data sets that are not the one of job, each with what is said of it.
func otherData() map[string]struct {
	change func(j *Job)
	want   string
} {
	return map[string]struct {
		change func(j *Job)
		want   string
	}{
		"texts":      {func(j *Job) { j.Data.Train.Examples[3].Text += " very" }, "the texts of train are others"},
		"labels":     {func(j *Job) { j.Data.Train.Examples = swapped(j.Data.Train.Examples) }, "the labels of the rows of train are others"},
		"dev labels": {func(j *Job) { j.Data.Dev[0].Examples = swapped(j.Data.Dev[0].Examples) }, "the labels of the rows of dev are others"},
		"a pair":     {func(j *Job) { j.Data.Train.Examples[3].HasPair = true }, "the texts of train are others"},
		"order":      {func(j *Job) { slices.Reverse(j.Data.Train.Examples) }, "the rows of train stand in another order"},
		"number":     {func(j *Job) { j.Data.Train.Examples = j.Data.Train.Examples[1:] }, "train had 80 rows, now it has 79"},
		"no dev":     {func(j *Job) { j.Data.Dev = nil }, "there was dev data, now there is none"},
		"names": {
			func(j *Job) { j.Data.Labels = labelled.NewLabels(labelled.Single, []string{"good", "bad"}) },
			"the labels were, in this order, bad, good; now they are good, bad",
		},
		"a column": {func(j *Job) {
			j.Columns = map[string]string{"text-column": "title"}
			j.Data.Train.Examples[0].Text = "a film"
		}, `the texts of train are others: text-column was "body", now it is "title"`},
	}
}

// TestResumingOnOtherDataIsRefused: while a run goes on, when it is finished, and in a grid.
func TestResumingOnOtherDataIsRefused(t *testing.T) {
	model := filepath.Join(t.TempDir(), "tiny")
	tiny(t, model)
	begin := func(name string) Job {
		j := job(model, filepath.Join(t.TempDir(), name))
		j.Columns = map[string]string{"text-column": "body"}
		return j
	}
	stopped, done := begin("stopped"), begin("done")
	ctx, cancel := context.WithCancel(t.Context())
	stopped.OnStep = stopAfter(4, cancel)
	if _, err := Train(ctx, stopped); !errors.Is(err, train.ErrInterrupted) {
		t.Fatal(err)
	}
	done.Steps = 3
	if _, err := Train(t.Context(), done); err != nil {
		t.Fatal(err)
	}
	grid := done
	grid.Out = filepath.Join(t.TempDir(), "grid")
	seeds := Grid{Seeds: []uint64{1, 2}}
	if _, err := RunSweep(t.Context(), grid, seeds, nil); err != nil {
		t.Fatal(err)
	}
	for name, other := range otherData() {
		for _, output := range []string{stopped.Out, done.Out, grid.Out} {
			j := job(model, output)
			j.Columns = map[string]string{"text-column": "body"}
			if output != stopped.Out {
				j.Steps = 3
			}
			other.change(&j)
			var err error
			if output == grid.Out {
				_, err = RunSweep(t.Context(), j, seeds, nil)
			} else {
				_, err = Train(t.Context(), j)
			}
			if err == nil || !strings.Contains(err.Error(), other.want) || !strings.Contains(err.Error(), "(hint: resume with the data it was begun with") {
				t.Errorf("%s, %s: got %v, expected %q", name, filepath.Base(output), err, other.want)
			}
		}
	}
}

// TestTheSameDataElsewhereIsTheSame: where rows were read from is no part of what they are.
func TestTheSameDataElsewhereIsTheSame(t *testing.T) {
	j := job("tiny", "run")
	was := j.fingerprint()
	moved := slices.Clone(j.Data.Train.Examples)
	for i := range moved {
		moved[i].Origin, moved[i].ID = labelled.Origin{File: "elsewhere.parquet", Record: i}, "7"
	}
	j.Data.Train = &dataset.Part{Name: "train", Path: "elsewhere", Examples: moved}
	j.Sources, j.Columns = []string{"elsewhere.parquet"}, map[string]string{"label-column": "stars"}
	if err := sameData(was, j.fingerprint()); err != nil {
		t.Error(err)
	}
}

// TestAnOldRunGoesOnWithAWarning: runs that did not record their data can be resumed.
func TestAnOldRunGoesOnWithAWarning(t *testing.T) {
	var said bytes.Buffer
	j := job("tiny", "run")
	j.Log = slog.New(slog.NewTextHandler(&said, nil))
	if err := (begun{}).same(&j.Settings, j.fingerprint(), "step-000000003", j.Warn); err != nil {
		t.Error(err)
	}
	if !strings.Contains(said.String(), "step-000000003: an older program began this run") {
		t.Errorf("said %s", &said)
	}
}
