package train

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gobert/bert"
	"gobert/data"
	"gobert/internal/testkit"
	"gobert/internal/torch"
)

func TestRehearsalChangesNothing(t *testing.T) {
	run := func(rehearse bool) string {
		output := t.TempDir()
		s := settings(output)
		s.Steps = 12
		trainer, done := begin(t, s)
		defer done()
		if rehearse {
			b := source(t).NewBatch()
			for i := range 8 {
				if err := source(t).Append(b, 0, i); err != nil {
					t.Fatal(err)
				}
			}
			evaluated := false
			r, err := trainer.Rehearse(context.Background(), []*data.Batch{b, b}, func(context.Context) error { evaluated = true; return nil })
			if err != nil || r.StepSeconds <= 0 || r.Memory <= 0 || r.CheckpointBytes < 10000 || !evaluated {
				t.Errorf("rehearsal %+v, %v", r, err)
			}
			if folders, err := Checkpoints(output); err != nil || len(folders) > 0 {
				t.Errorf("the rehearsal left %v, %v", folders, err)
			}
		}
		if err := trainer.Run(context.Background()); err != nil {
			t.Fatal(err)
		}
		return outcome(t, output)
	}
	if a, b := run(false), run(true); a != b {
		t.Errorf("without rehearsal:\n%s\nwith:\n%s", a, b)
	}
}

func TestRehearsalFindsFaults(t *testing.T) {
	output := t.TempDir()
	trainer, done := begin(t, settings(output))
	defer done()
	sick := errors.New("no held-out part")
	if _, err := trainer.Rehearse(context.Background(), nil, func(context.Context) error { return sick }); !errors.Is(err, sick) {
		t.Errorf("an evaluation that fails: %v", err)
	}
	long := &data.Batch{}
	long.Begin()
	for range 40 {
		long.IDs, long.Types = append(long.IDs, 7), append(long.Types, 0)
	}
	long.End()
	if _, err := trainer.Rehearse(context.Background(), []*data.Batch{long}, nil); err == nil || !strings.Contains(err.Error(), "24 positions") {
		t.Errorf("a sequence that is too long: %v", err)
	}
	trainer.Output = output + "/file"
	if err := os.WriteFile(trainer.Output, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := trainer.Rehearse(context.Background(), nil, nil); err == nil || !strings.Contains(err.Error(), "rehearsing a checkpoint") {
		t.Errorf("no place for checkpoints: %v", err)
	}
}

// TestNotFiniteGradientStopsBeforeTheUpdate: the message names step and batch, the weights keep their bits, and nothing is saved of
// what comes after: on the CPU the run ends at once, on a GPU at the next reading.
func TestNotFiniteGradientStopsBeforeTheUpdate(t *testing.T) {
	c := testkit.GoldenFile(t, "..", "golden_steps", "steps.safetensors")
	model := newModel(t)
	s := Settings{Seed: 1, Compute: "fp32", Optimizer: DefaultOptimizer(), Steps: 5, Accumulate: 1, LogEvery: 5, SaveEvery: 2, Output: t.TempDir(), Device: device()}
	trainer, err := New[*data.Batch, place](&Pretraining{Model: model, Cost: free}, s)
	if err != nil {
		t.Fatal(err)
	}
	defer trainer.Close()
	var bias *bert.Parameter
	for _, p := range bert.Parameters(model) {
		if p.Name == "bert.encoder.layer.0.output.dense.bias" {
			bias = p
		}
	}
	sum := func() (norm float64) {
		_ = torch.Run(func() error { norm = torch.Norm(model.Bert.Pooler.Weight.Value); return nil })
		return norm
	}
	trainer.SetFeed(&list{batches: goldenBatches(c, 5)})
	var poisoned float64
	trainer.Rate = func(step int64, _ float64) float64 {
		if step == 2 {
			_ = torch.Run(func() error { bias.Value.Fill(math.Inf(1)); return nil })
			poisoned = sum()
		}
		return 1e-4
	}
	err = trainer.Run(context.Background())
	if err == nil || !strings.Contains(err.Error(), `step 3, the batch after {"Next":2}`) || !strings.Contains(err.Error(), "nothing was updated") {
		t.Fatalf("got %v", err)
	}
	if sum() != poisoned || trainer.State().Updates > 2 {
		t.Errorf("%d updates, the weights moved from %v to %v", trainer.State().Updates, poisoned, sum())
	}
	if last, _, _, err := newest(s.Output); err != nil || filepath.Base(last) != "step-000000002" {
		t.Errorf("saved %s, %v", last, err)
	}
	if err := trainer.Save(); device().IsCUDA() && (err == nil || !strings.Contains(err.Error(), "step 3")) {
		t.Errorf("saving afterwards: %v", err)
	}
}
