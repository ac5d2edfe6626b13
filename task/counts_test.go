package task

import (
	"context"
	"testing"

	"gobert/data/labelled/features"
	"gobert/heads"
	"gobert/internal/testkit"
	"gobert/internal/torch"
	"gobert/internal/torch/standin"
	"gobert/train"
)

// countedTask is a kind of fine-tuning whose copies are counted.
type countedTask struct {
	name, file string
	kind       Kind
	pooling    heads.Pooling
	teacher    bool
}

// allCounted are each head, a classifier over a mean, and students.
var allCounted = []countedTask{
	{"single", "sequence_single", Classify, heads.CLS, false},
	{"multi", "sequence_multi", Classify, heads.CLS, false},
	{"regression", "sequence_regression", Classify, heads.CLS, false},
	{"mean", "sequence_single", Classify, heads.Mean, false},
	{"tag", "token", Tag, heads.CLS, false},
	{"span", "span", Span, heads.CLS, false},
	{"choice", "choice", Choice, heads.CLS, false},
	{"distilled single", "sequence_single", Classify, heads.CLS, true},
	{"distilled tag", "token", Tag, heads.CLS, true},
	{"distilled span", "span", Span, heads.CLS, true},
}

// TestCountsOfAStep: all of a batch is brought to the device in one copy that nobody waits for, in training as in prediction,
// whose scores come back in one.
func TestCountsOfAStep(t *testing.T) {
	if !standin.Here() {
		t.Skip("for the stand-in: TestOnCUDA runs it")
	}
	for _, k := range allCounted {
		t.Run(k.name, func(t *testing.T) {
			c := testkit.GoldenFile(t, "..", "golden_finetune", k.file+".safetensors")
			task := k.task(t, device(t))
			step := warmStep(t, task, c)
			t.Logf("%d operators: %v", step.Operators(), step)
			if step[standin.Uploads] != 1 || step[standin.Pageable] > 0 || step[standin.Synchronisations] > 0 {
				t.Errorf("a step makes %d uploads, %d copies that wait, and waits %d times; want 1, 0 and 0", step[standin.Uploads],
					step[standin.Pageable], step[standin.Synchronisations])
			}
			batch := goldenBatch(c, k.kind, 0)
			before := countsNow(t)
			if _, err := task.Model.Forward(batch); err != nil {
				t.Fatal(err)
			}
			forward := countsNow(t).Since(before)
			if forward[standin.Uploads] != 1 || forward[standin.Downloads] != 1 || forward[standin.Synchronisations] != 1 {
				t.Errorf("a prediction makes %d uploads, %d downloads, and waits %d times; want one of each", forward[standin.Uploads],
					forward[standin.Downloads], forward[standin.Synchronisations])
			}
		})
	}
}

// task is the training of a golden model on a device.
func (k countedTask) task(t *testing.T, d torch.Device) *Training {
	t.Helper()
	open := func() *Model {
		m := goldenModel(t, k.file, k.kind)
		t.Cleanup(func() { _ = m.Close() })
		moveTo(t, m, d)
		return m
	}
	task := &Training{Model: open()}
	if n, ok := task.Model.Network.(*heads.Sequence); ok {
		n.Pooling = k.pooling
	}
	if k.teacher {
		task.Teacher = &Teacher{Model: open(), Temperature: 2, Alpha: 0.5}
	}
	return task
}

func countsNow(t *testing.T) standin.Counts {
	t.Helper()
	counts, err := standin.ReadCounts("")
	if err != nil {
		t.Fatal(err)
	}
	return counts
}

// warmStep is what the device is asked for in a step that is not among the first.
func warmStep(t *testing.T, task *Training, c *testkit.Case) (step standin.Counts) {
	t.Helper()
	const steps, warm = 6, 4
	s := train.Settings{
		Seed: 1, Compute: "fp32", Optimizer: train.DefaultOptimizer(), Steps: steps, Accumulate: 1, LogEvery: 100, Output: t.TempDir(), Device: task.Model.Device,
	}
	trainer, err := train.New[*features.Batch, int](task, s)
	if err != nil {
		t.Fatal(err)
	}
	defer trainer.Close()
	feed := &list{}
	for range steps {
		feed.batches = append(feed.batches, goldenBatch(c, task.Model.Kind, 0))
	}
	trainer.SetFeed(feed)
	var before standin.Counts
	trainer.Rate = func(number int64, _ float64) float64 { // asked when a step begins
		now := countsNow(t)
		if number == warm+1 {
			step = now.Since(before)
		}
		before = now
		return 1e-4
	}
	if err := trainer.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	return step
}

// TestLossesAreTheCPUs: the loss of a batch on the device is the CPU's, for each kind. A teacher's scores are taken before the
// student runs.
func TestLossesAreTheCPUs(t *testing.T) {
	for _, k := range allCounted {
		t.Run(k.name, func(t *testing.T) {
			c := testkit.GoldenFile(t, "..", "golden_finetune", k.file+".safetensors")
			here := k.loss(t, c, device(t))
			testkit.Compare(t, "loss", []float32{here}, []float32{k.loss(t, c, torch.CPU)}, tolerance)
		})
	}
}

// loss is the first one of a kind of fine-tuning, computed on a device.
func (k countedTask) loss(t *testing.T, c *testkit.Case, d torch.Device) (loss float32) {
	t.Helper()
	task := k.task(t, d)
	err := torch.Do(torch.Mode{Train: true, Device: d}, func(p *torch.Pass) error {
		out, err := task.Loss(p, goldenBatch(c, k.kind, 1), 1)
		if err == nil {
			loss = torch.Values[float32](out.Loss)[0]
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return loss
}
