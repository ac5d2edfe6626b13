package finetune

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"testing"

	"gobert/internal/record"
	"gobert/train"
)

// TestTheBestIsOfThisBranch: a run that goes on from an older checkpoint with other settings does not publish what the branch that it
// leaves had measured, however old the program that made that.
func TestTheBestIsOfThisBranch(t *testing.T) {
	model := filepath.Join(t.TempDir(), "tiny")
	tiny(t, model)
	for name, old := range map[string]bool{"now": false, "begun by an older program": true} {
		t.Run(name, func(t *testing.T) {
			j := job(model, filepath.Join(t.TempDir(), "run"))
			j.Steps, j.SaveEvery, j.EvaluateEvery, j.LogEvery, j.Keep, j.Metric, j.Warmup = 7, 1, 1, 1, 0, "loss", 0
			ctx, cancel := context.WithCancel(t.Context())
			j.OnStep = stopAfter(5, cancel)
			if _, err := Train(ctx, j); !errors.Is(err, train.ErrInterrupted) {
				t.Fatal(err)
			}
			if old {
				if err := os.Remove(filepath.Join(j.Out, train.BestFolder, train.BestFile)); err != nil {
					t.Fatal(err)
				}
			}
			j.OnStep = nil
			j.Resume, j.LearningRate, j.AllowChange = filepath.Join(j.Out, train.CheckpointsFolder, "step-000000002"), 1e-9, []string{"learning-rate"}
			r, err := Train(t.Context(), j)
			if err != nil {
				t.Fatal(err)
			}
			entries, err := record.Read(j.Out)
			if err != nil {
				t.Fatal(err)
			}
			measured := math.NaN()
			for _, e := range entries {
				if e.Kind == record.Evaluation && e.Step == r.BestStep {
					measured, _ = train.Find(e.Values, "loss")
				}
			}
			if score, _ := r.Score(); r.BestStep <= 2 || score != measured {
				t.Errorf("the best of step %d has a loss of %v, which was %v then", r.BestStep, score, measured)
			}
		})
	}
}
