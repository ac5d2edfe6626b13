package train

import (
	"context"
	"testing"

	"gobert/bert"
	"gobert/data"
	"gobert/heads"
	"gobert/internal/torch"
)

// repeat gives the same batch for ever.
type repeat struct{ batch *data.Batch }

func (r repeat) Next(context.Context) (*data.Batch, place, error) { return r.batch, place{}, nil }
func (r repeat) Release(*data.Batch)                              {}

// benchmarkStep measures whole steps of a model of some layers and hidden units a head of 12, on one sequence of 16 tokens.
func benchmarkStep(b *testing.B, layers, hidden int) {
	config := bert.DefaultConfig()
	config.VocabSize, config.HiddenSize, config.NumLayers, config.NumHeads, config.IntermediateSize = 128, hidden, layers, 12, 4*hidden
	model, err := heads.NewPretraining(config)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := bert.Flatten(model, torch.CPU); err != nil {
		b.Fatal(err)
	}
	if err := torch.Run(func() error { bert.Initialize(bert.Parameters(model), 0.02, 9); return nil }); err != nil {
		b.Fatal(err)
	}
	s := Settings{Seed: 1, Compute: "fp32", Optimizer: DefaultOptimizer(), Steps: int64(b.N), Accumulate: 1, LogEvery: 1 << 40, Output: b.TempDir()}
	trainer, err := New[*data.Batch, place](&Pretraining{Model: model, Cost: free}, s)
	if err != nil {
		b.Fatal(err)
	}
	defer trainer.Close()
	batch := &data.Batch{MaskedRows: []int32{2, 5}, MaskedIDs: []int32{9, 9}, Next: []int32{0}}
	batch.Begin()
	for i := range 16 {
		batch.IDs, batch.Types = append(batch.IDs, int32(i)), append(batch.Types, 0)
	}
	batch.End()
	trainer.SetFeed(repeat{batch})
	trainer.Rate = func(int64, float64) float64 { return 1e-4 }
	b.ResetTimer()
	for trainer.state.Step < int64(b.N) {
		if _, err := trainer.step(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}
