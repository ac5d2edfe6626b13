package train

import (
	"context"
	"testing"

	"gobert/data"
	"gobert/internal/testkit"
	"gobert/internal/torch/standin"
)

// TestCountsOfAStep holds what a warm training step asks of a GPU, for two layers with all dropout on: operators (of which the
// masks of dropout are the most), copies from the host, waits, and fresh memory.
func TestCountsOfAStep(t *testing.T) {
	if !standin.Here() {
		t.Skip("for the stand-in: TestOnCUDA runs it")
	}
	const steps, warm = 8, 5
	c := testkit.GoldenFile(t, "..", "golden_steps", "steps.safetensors")
	for _, held := range []struct {
		compute, attention string
		operators          int64
	}{{"fp32", "aten::_efficient_attention_forward", 755}, {"bf16", "aten::_flash_attention_forward", 828}} {
		t.Run(held.compute, func(t *testing.T) {
			model := newModel(t)
			model.Bert.Config.HiddenDropout, model.Bert.Config.AttentionDropout = 0.1, 0.1
			s := Settings{Seed: 1, Compute: held.compute, Optimizer: DefaultOptimizer(), Steps: steps, Accumulate: 1, LogEvery: 100, Output: t.TempDir(), Device: device()}
			trainer, err := New[*data.Batch, place](&Pretraining{Model: model, Cost: free}, s)
			if err != nil {
				t.Fatal(err)
			}
			defer trainer.Close()
			batch := goldenBatches(c, 1)[0]
			var batches []*data.Batch
			for range steps {
				batches = append(batches, batch)
			}
			trainer.SetFeed(&list{batches: batches})
			var before, step standin.Counts
			trainer.Rate = func(number int64, _ float64) float64 { // asked when a step begins
				now, err := standin.ReadCounts("")
				if err != nil {
					t.Fatal(err)
				}
				if number == warm+1 {
					step = now.Since(before)
				}
				before = now
				return 1e-4
			}
			if err := trainer.Run(context.Background()); err != nil {
				t.Fatal(err)
			}
			t.Logf("%d operators: %v", step.Operators(), step)
			if n := step[standin.Uploads]; n != 1 {
				t.Errorf("the batch is brought to the device in %d copies, want one", n)
			}
			for name, most := range map[string]int64{standin.Pageable: 0, standin.Synchronisations: 1, standin.Allocations: 0, standin.Draws: 2, held.attention: 2} {
				if step[name] > most {
					t.Errorf("%s: %d times, at most %d are allowed", name, step[name], most)
				}
			}
			if step[held.attention] == 0 {
				t.Errorf("%s was never called", held.attention)
			}
			if n := step.Operators(); n > held.operators {
				t.Errorf("%d operators, at most %d are allowed: %v", n, held.operators, step)
			}
		})
	}
}
