package train

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gobert/data"
)

// branch makes a run of 8 steps that saves every second, measured every step from first to last, and a trainer that goes on from its
// checkpoint of step 4.
func branch(t *testing.T) (s Settings, trainer *Trainer[*data.Batch, data.Cursor]) {
	t.Helper()
	s = settings(t.TempDir())
	s.Steps, s.SaveEvery, s.EvaluateEvery, s.Keep = 8, 2, 1, 0
	first, done := begin(t, s)
	first.Evaluate = falling(first)
	if err := first.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	done()
	s.Steps = 5
	trainer, done = begin(t, s)
	t.Cleanup(done)
	trainer.Evaluate = func(context.Context) ([]Value, error) { return []Value{{Name: "loss", Value: 50}}, nil }
	folder := filepath.Join(s.Output, CheckpointsFolder, "step-000000004")
	state, err := ReadState(folder)
	if err != nil {
		t.Fatal(err)
	}
	if err := trainer.Resume(folder, state); err != nil {
		t.Fatal(err)
	}
	return s, trainer
}

// falling is an evaluation that is better after every step.
func falling(trainer *Trainer[*data.Batch, data.Cursor]) Evaluator {
	return func(context.Context) ([]Value, error) {
		return []Value{{Name: "loss", Value: 1 / float64(trainer.State().Step)}}, nil
	}
}

// names are those of a run's checkpoints, by their steps and what is behind these.
func names(t *testing.T, run string) string {
	t.Helper()
	folders, err := Checkpoints(run)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, folder := range folders {
		all = append(all, strings.TrimLeft(strings.TrimPrefix(filepath.Base(folder), stepPrefix), "0"))
	}
	return strings.Join(all, " ")
}

// TestABranchThatWasLeftGoes: once a run that goes on from an older checkpoint with other settings has saved, the newest checkpoint is
// its own. What is broken, and what a person keeps there, stays.
func TestABranchThatWasLeftGoes(t *testing.T) {
	s, trainer := branch(t)
	folder := filepath.Join(s.Output, CheckpointsFolder)
	if err := errors.Join(os.CopyFS(filepath.Join(folder, "step-000000006-good"), os.DirFS(filepath.Join(folder, "step-000000006"))),
		os.Truncate(filepath.Join(folder, "step-000000008", OptimizerFile), 9)); err != nil {
		t.Fatal(err)
	}
	if err := trainer.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, want := names(t, s.Output), "2 4 5 6-good 8"; got != want {
		t.Errorf("checkpoints %s, want %s", got, want)
	}
}

// TestABranchIsLeftByAStep: a run that is resumed with other settings and stopped before it makes a step takes nothing.
func TestABranchIsLeftByAStep(t *testing.T) {
	s, trainer := branch(t)
	trainer.Extra = []byte(`"others"`)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := trainer.Run(ctx); !errors.Is(err, ErrInterrupted) {
		t.Fatal(err)
	}
	if got, want := names(t, s.Output), "2 4 6 8"; got != want {
		t.Errorf("checkpoints %s, want %s", got, want)
	}
	if _, err := os.Stat(filepath.Join(s.Output, BestFolder)); err != nil {
		t.Error(err)
	}
}
