package finetune

import (
	"context"
	"encoding/json"
	"errors"
	"os"
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

// TestARunOfBeforeGoesOn: checkpoints had their settings beside "data", and no kind.
func TestARunOfBeforeGoesOn(t *testing.T) {
	model := filepath.Join(t.TempDir(), "tiny")
	tiny(t, model)
	j := job(model, filepath.Join(t.TempDir(), "run"))
	j.Steps = 9
	ctx, cancel := context.WithCancel(t.Context())
	j.OnStep = stopAfter(4, cancel)
	if _, err := Train(ctx, j); !errors.Is(err, train.ErrInterrupted) {
		t.Fatal(err)
	}
	newest, state, err := train.ToResume(j.Out, "auto", func(broken error) { t.Error(broken) })
	if err != nil {
		t.Fatal(err)
	}
	var is struct {
		Settings map[string]json.RawMessage
		Data     json.RawMessage
	}
	if err := json.Unmarshal(state.Extra, &is); err != nil || len(is.Data) == 0 {
		t.Fatalf("the checkpoint keeps %s, %v", state.Extra, err)
	}
	is.Settings["data"] = is.Data
	if state.Extra, err = json.Marshal(is.Settings); err != nil {
		t.Fatal(err)
	}
	state.Format = 0 // as before states had a checksum
	text, err := json.Marshal(state)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(newest, train.StateFile), text, 0o644); err != nil {
		t.Fatal(err)
	}
	other := job(model, j.Out)
	other.Steps, other.Data = 9, &dataset.Dataset{Kind: j.Data.Kind, Task: j.Data.Task, Labels: j.Data.Labels, Train: j.Data.Train}
	if _, err := Train(t.Context(), other); err == nil || !strings.Contains(err.Error(), "there was dev data, now there is none") {
		t.Errorf("on other data: %v", err)
	}
	j.OnStep = nil
	if r, err := Train(t.Context(), j); err != nil || r.Steps != 9 {
		t.Errorf("got %+v, %v", r, err)
	}
}
