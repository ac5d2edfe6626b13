package train

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"

	"gobert/bert"
	"gobert/data"
	"gobert/data/pretraining"
	"gobert/heads"
	"gobert/internal/torch"
	"gobert/internal/torch/standin"
)

// newCorpus makes a small text: documents of sentences of token ids.
func newCorpus() *pretraining.Memory {
	r := rand.New(rand.NewPCG(3, 4))
	var c [][][]int32
	for range 30 {
		var d [][]int32
		for range 4 + r.IntN(6) {
			var s []int32
			for range 3 + r.IntN(9) {
				s = append(s, int32(5+r.IntN(90)))
			}
			d = append(d, s)
		}
		c = append(c, d)
	}
	return pretraining.NewMemory(c)
}

func source(t *testing.T) *pretraining.Source {
	t.Helper()
	o := pretraining.Defaults(24)
	o.Seed = 11
	s, err := pretraining.New(newCorpus(), pretraining.Vocabulary{Size: 101, ClsID: 1, SepID: 2, MaskID: 3, Special: []int32{0, 4}}, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// smallModel declares a model for the tests' corpus.
func smallModel(t testing.TB, layers int) *heads.Pretraining {
	t.Helper()
	config := bert.DefaultConfig()
	config.VocabSize, config.HiddenSize, config.NumLayers, config.NumHeads, config.IntermediateSize, config.MaxPositions = 101, 32, layers, 4, 64, 24
	model, err := heads.NewPretraining(config)
	if err != nil {
		t.Fatal(err)
	}
	return model
}

// device is where the tests run: the CPU, or what GOBERT_TEST_DEVICE names.
func device() torch.Device {
	d, err := torch.ParseDevice(standin.Device())
	if err != nil {
		panic(err)
	}
	return d
}

// runSteps is how long the runs of these tests are; on a stand-in each takes its time.
var runSteps = int64(standin.Times(96, 12))

// batchTokens are at most so many in a batch.
var batchTokens = standin.Times(120, 72)

func settings(output string) Settings {
	s := Settings{
		Seed: 5, Compute: "fp32", Optimizer: DefaultOptimizer(), Steps: runSteps, Accumulate: 2, LogEvery: 5, EvaluateEvery: 10, SaveEvery: 4,
		Keep: 2, Best: "loss", BestIsLow: true, Output: output, Device: device(),
	}
	return s
}

// begin makes a trainer with dropout, a loader of several workers and an evaluation, resumed from the newest checkpoint.
func begin(t *testing.T, s Settings) (*Trainer[*data.Batch, data.Cursor], func()) {
	t.Helper()
	model := smallModel(t, 2)
	trainer, err := New[*data.Batch, data.Cursor](&Pretraining{Model: model, Cost: free}, s)
	if err != nil {
		t.Fatal(err)
	}
	if err := torch.Run(func() error {
		bert.Initialize(bert.Parameters(model), 0.02, 9)
		trainer.store.SyncCompute()
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	folder, state, _, err := newest(s.Output)
	if err != nil {
		t.Fatal(err)
	}
	if folder != "" {
		if err := trainer.Resume(folder, state); err != nil {
			t.Fatal(err)
		}
	}
	o := data.LoaderOptions{Seed: 7, Tokens: batchTokens, Workers: 3}
	if cursor, ok := trainer.Cursor(); ok {
		o.Start = cursor
	}
	feed, err := data.NewLoader(context.Background(), source(t), o)
	if err != nil {
		t.Fatal(err)
	}
	trainer.SetFeed(feed)
	trainer.Rate = func(step int64, _ float64) float64 { return 1e-3 }
	trainer.Evaluate = func(context.Context) ([]Value, error) {
		b := source(t).NewBatch()
		for i := range 6 {
			if err := source(t).Append(b, 1000, i); err != nil {
				return nil, err
			}
		}
		return Evaluate(context.Background(), trainer.task, s.Device, trainer.compute, []*data.Batch{b})
	}
	return trainer, func() {
		feed.Close()
		if err := errors.Join(trainer.Close(), model.Bert.Close()); err != nil {
			t.Error(err)
		}
	}
}
