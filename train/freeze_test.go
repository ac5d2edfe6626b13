package train

import (
	"context"
	"slices"
	"strings"
	"testing"

	"gobert/bert"
	"gobert/data"
	"gobert/internal/testkit"
	"gobert/internal/torch"
)

func TestFreezePatterns(t *testing.T) {
	for _, x := range []struct {
		patterns string
		frozen   []string // some that are
		trained  []string // some that are not
		fault    string
	}{
		{patterns: "embeddings", frozen: []string{"bert.embeddings.word_embeddings.weight", "bert.embeddings.LayerNorm.bias"}, trained: []string{"bert.pooler.dense.bias"}},
		{patterns: "layer.0-1", frozen: []string{"bert.encoder.layer.1.output.dense.bias"}, trained: []string{"bert.encoder.layer.2.output.dense.bias"}},
		{patterns: "layer.2,pooler", frozen: []string{"bert.encoder.layer.2.attention.self.query.weight", "bert.pooler.dense.weight"}, trained: []string{"bert.encoder.layer.1.output.dense.bias"}},
		{patterns: "encoder", frozen: []string{"bert.encoder.layer.0.output.dense.bias"}, trained: []string{"cls.predictions.bias"}},
		{patterns: "*.LayerNorm.bias", frozen: []string{"cls.predictions.transform.LayerNorm.bias"}, trained: []string{"bert.encoder.layer.1.output.LayerNorm.weight"}},
		{patterns: "layer.7", fault: "layers 0 to 2"},
		{patterns: "layer.1-3", fault: "layers 0 to 2"},
		{patterns: "layer.2-1", fault: "expected layer.N or layer.N-M"},
		{patterns: "layer.x", fault: "expected layer.N or layer.N-M"},
		{patterns: "decoder", fault: "no parameter of the model fits"},
		{patterns: "[", fault: "malformed"},
		{patterns: "bert,cls", fault: "nothing is left to train"},
		{patterns: "*.layer.0.attention.self.query.weight", fault: "freeze all three or none"},
	} {
		model := smallModel(t, 3)
		err := Freeze(model, strings.Split(x.patterns, ","))
		if x.fault != "" {
			if err == nil || !strings.Contains(err.Error(), x.fault) {
				t.Errorf("%s: %v, expected %q", x.patterns, err, x.fault)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", x.patterns, err)
		}
		for _, p := range bert.Parameters(model) {
			if slices.Contains(x.frozen, p.Name) && !p.Frozen || slices.Contains(x.trained, p.Name) && p.Frozen {
				t.Errorf("%s: %s frozen is %v", x.patterns, p.Name, p.Frozen)
			}
		}
	}
}

// TestFrozenParametersStay trains with half of the model frozen: what is frozen keeps its bits, the rest moves.
func TestFrozenParametersStay(t *testing.T) {
	c := testkit.GoldenFile(t, "..", "golden_steps", "steps.safetensors")
	model := newModel(t)
	if err := Freeze(model, []string{"embeddings", "layer.0"}); err != nil {
		t.Fatal(err)
	}
	read := func() map[string][]float32 { return valuesOf(model) }
	before := read()
	s := Settings{Seed: 1, Compute: "fp32", Optimizer: DefaultOptimizer(), Steps: 3, Accumulate: 1, LogEvery: 1, Output: t.TempDir(), Device: device()}
	trainer, err := New[*data.Batch, place](&Pretraining{Model: model, Cost: free}, s)
	if err != nil {
		t.Fatal(err)
	}
	defer trainer.Close()
	trainer.SetFeed(&list{batches: goldenBatches(c, 3)})
	trainer.Rate = func(int64, float64) float64 { return 1e-3 }
	if err := trainer.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	after := read()
	for _, p := range bert.Parameters(model) {
		same := slices.Equal(before[p.Name], after[p.Name])
		if p.Frozen && !same {
			t.Errorf("%s is frozen and moved", p.Name)
		}
		if !p.Frozen && same && !strings.HasSuffix(p.Name, "key.bias") {
			t.Errorf("%s is not frozen and stayed", p.Name)
		}
	}
}

// valuesOf are the weights of a network, by name.
func valuesOf(n bert.Network) map[string][]float32 {
	values := map[string][]float32{}
	_ = torch.Run(func() error {
		for _, p := range bert.Parameters(n) {
			values[p.Name] = torch.Values[float32](p.Value)
		}
		return nil
	})
	return values
}

// TestRatesOfLayers: rates of their own and frozen parts come out on a GPU as they do on the CPU.
func TestRatesOfLayers(t *testing.T) {
	c := testkit.GoldenFile(t, "..", "golden_steps", "steps.safetensors")
	for _, kind := range []OptimizerKind{AdamW, LAMB} {
		train := func(d torch.Device) map[string][]float32 {
			model := newModel(t)
			if err := Freeze(model, []string{"layer.1", "*.LayerNorm.weight"}); err != nil {
				t.Fatal(err)
			}
			for i, p := range bert.Parameters(model) {
				p.Rate = []float64{1, 0.5, 0}[i%3] // 0 is 1
			}
			s := Settings{Seed: 1, Compute: "fp32", Optimizer: DefaultOptimizer(), Steps: 6, Accumulate: 2, LogEvery: 3, Output: t.TempDir(), Device: d}
			s.Optimizer.Kind = kind
			trainer, err := New[*data.Batch, place](&Pretraining{Model: model, Cost: free}, s)
			if err != nil {
				t.Fatal(err)
			}
			defer trainer.Close()
			trainer.SetFeed(&list{batches: goldenBatches(c, 12)})
			trainer.Rate = goldenRate
			if err := trainer.Run(context.Background()); err != nil {
				t.Fatal(err)
			}
			return valuesOf(model)
		}
		want, got := train(torch.CPU), train(device())
		for name := range want {
			if !strings.HasSuffix(name, "key.bias") { // its gradient is rounding noise
				testkit.Compare(t, string(kind)+" "+name, got[name], want[name], tolerance)
			}
		}
	}
}
