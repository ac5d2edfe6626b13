package train

import (
	"context"
	"fmt"
	"testing"

	"gobert/bert"
	"gobert/data"
	"gobert/heads"
	"gobert/internal/testkit"
	"gobert/internal/torch"
	"gobert/internal/torch/standin"
)

// TestCountsOfAStep holds what a warm training step asks of a GPU, for two layers with all dropout on: operators and
// launches, copies, waits, and fresh memory; and that to tell of a step takes one copy to the host. Each layer more is 21 launches: base's
// twelve make 294.
func TestCountsOfAStep(t *testing.T) {
	if !standin.Here() {
		t.Skip("for the stand-in: TestOnCUDA runs it")
	}
	for _, held := range []struct {
		compute, suffix, attention string
		operators                  int64
	}{{"fp32", "f32", "aten::_efficient_attention_forward", 84}, {"bf16", "bf16", "aten::_flash_attention_forward", 84}} {
		t.Run(held.compute, func(t *testing.T) {
			model := newModel(t)
			model.Bert.Config.HiddenDropout, model.Bert.Config.AttentionDropout = 0.1, 0.1
			s := Settings{Seed: 1, Compute: held.compute, Optimizer: DefaultOptimizer(), Accumulate: 1, Output: t.TempDir(), Device: device()}
			step, told := warmStep(t, model, s)
			t.Logf("%d operators: %v", step.Operators(), step)
			if n := step[standin.Uploads]; n != 1 {
				t.Errorf("the batch is brought to the device in %d copies, want one", n)
			}
			for name, most := range map[string]int64{standin.Pageable: 0, standin.Synchronisations: 0, standin.Downloads: 0, standin.Allocations: 0, standin.Draws: 2, held.attention: 2} {
				if step[name] > most {
					t.Errorf("%s: %d times, at most %d are allowed", name, step[name], most)
				}
			}
			if told[standin.Downloads] != 1 || told[standin.Synchronisations] != 1 {
				t.Errorf("to tell of a step takes %d copies to the host and %d waits, want one", told[standin.Downloads], told[standin.Synchronisations])
			}
			for _, kernel := range []string{"gradient_norm", "plan_step", "adamw_" + held.suffix, "add_measures"} {
				if n := step["kernel::"+kernel]; n != 1 {
					t.Errorf("%s is launched %d times, want once", kernel, n)
				}
			}
			if step[held.attention] == 0 {
				t.Errorf("%s was never called", held.attention)
			}
			if n := step["aten::copy_"] + step["aten::zero_"] + step["aten::fill_"]; n > 0 {
				t.Errorf("%d casts, copies and fills: none is allowed", n)
			}
			if n := step.Operators(); n > held.operators {
				t.Errorf("%d operators, at most %d are allowed: %v", n, held.operators, step)
			}
		})
	}
}

// TestUploadsOfAStep: each batch of a step is one copy that nobody waits for, also where the gradient that flows into a loss is not 1.
func TestUploadsOfAStep(t *testing.T) {
	if !standin.Here() {
		t.Skip("for the stand-in: TestOnCUDA runs it")
	}
	for _, s := range []Settings{{Compute: "fp32", Accumulate: 3}, {Compute: "fp16", Accumulate: 1}, {Compute: "bf16", Accumulate: 2}} {
		t.Run(fmt.Sprintf("%s/%d", s.Compute, s.Accumulate), func(t *testing.T) {
			s.Seed, s.Optimizer, s.Output, s.Device = 1, DefaultOptimizer(), t.TempDir(), device()
			step, _ := warmStep(t, newModel(t), s)
			if n := step[standin.Uploads]; n != int64(s.Accumulate) || step[standin.Pageable] != 0 {
				t.Errorf("%d batches are %d copies, of which %d wait", s.Accumulate, n, step[standin.Pageable])
			}
			if step[standin.Downloads] != 0 || step[standin.Synchronisations] != 0 {
				t.Errorf("the host reads %d times and waits %d times", step[standin.Downloads], step[standin.Synchronisations])
			}
		})
	}
}

// TestCopiesOfAnEvaluation: a batch is one copy to the device, and what was measured comes back once, for all of them.
func TestCopiesOfAnEvaluation(t *testing.T) {
	if !standin.Here() {
		t.Skip("for the stand-in: TestOnCUDA runs it")
	}
	c := testkit.GoldenFile(t, "..", "golden_steps", "steps.safetensors")
	model := newModel(t)
	if _, err := bert.Flatten(model, device()); err != nil {
		t.Fatal(err)
	}
	const batches = 4
	before := countsNow(t)
	if _, err := Evaluate(context.Background(), Task[*data.Batch](&Pretraining{Model: model}), device(), torch.Float32, goldenBatches(c, batches)); err != nil {
		t.Fatal(err)
	}
	if asked := countsNow(t).Since(before); asked[standin.Uploads] != batches || asked[standin.Pageable] > asked[standin.Downloads] ||
		asked[standin.Downloads] != 1 || asked[standin.Synchronisations] != 1 {
		t.Errorf("%d batches are %d uploads, %d downloads, %d copies that wait, and %d waits", batches, asked[standin.Uploads],
			asked[standin.Downloads], asked[standin.Pageable], asked[standin.Synchronisations])
	}
}

func countsNow(t *testing.T) standin.Counts {
	t.Helper()
	counts, err := standin.ReadCounts("")
	if err != nil {
		t.Fatal(err)
	}
	return counts
}

// warmStep is what a device is asked for in a step that is not among the first, and in one that is logged.
func warmStep(t *testing.T, model *heads.Pretraining, s Settings) (step, told standin.Counts) {
	t.Helper()
	const steps, logged, warm = 8, 4, 5
	s.Steps, s.LogEvery = steps, logged
	trainer, err := New[*data.Batch, place](&Pretraining{Model: model, Cost: free}, s)
	if err != nil {
		t.Fatal(err)
	}
	defer trainer.Close()
	batch := goldenBatches(testkit.GoldenFile(t, "..", "golden_steps", "steps.safetensors"), 1)[0]
	feed := &list{}
	for range steps * s.Accumulate {
		feed.batches = append(feed.batches, batch)
	}
	trainer.SetFeed(feed)
	var before standin.Counts
	trainer.Rate = func(number int64, _ float64) float64 { // asked when a step begins
		now := countsNow(t)
		switch number {
		case logged:
			told = now.Since(before)
		case warm + 1:
			step = now.Since(before)
		}
		before = now
		return 1e-4
	}
	if err := trainer.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	return step, told
}
