package heads

import (
	"fmt"
	"testing"

	"gobert/internal/testkit"
	"gobert/internal/torch"
)

// TestWeighedAndSmoothedLossesEqualTheReference covers what a head adds to the plain loss: weights of the classes, smoothed
// labels, rows that do not count.
func TestWeighedAndSmoothedLossesEqualTheReference(t *testing.T) {
	c := testkit.GoldenFile(t, "..", "golden_losses", "losses.safetensors")
	err := torch.Do(torch.Mode{Device: device(t)}, func(p *torch.Pass) error {
		float := func(name string) *torch.Tensor {
			return torch.From(p, c.Values[name].Floats(), c.Values[name].Shape...)
		}
		whole := func(name string) *torch.Tensor {
			return torch.From(p, int64s(c.Values[name].Ints()), c.Values[name].Shape...)
		}
		compare := func(name string, got *torch.Tensor) {
			testkit.Compare(t, name, torch.Values[float32](got), c.Values[name].Floats(), 1e-6)
		}
		for weighted, weights := range []*torch.Tensor{nil, float("weights")} {
			for _, smoothing := range []float64{0, 0.1, 0.5} {
				single := &Sequence{Problem: SingleLabel, ClassWeights: weights, Smoothing: smoothing}
				compare(fmt.Sprintf("single.%d.%v", weighted, smoothing), single.Loss(p, float("logits"), whole("labels")))
				token := &Token{ClassWeights: weights, Smoothing: smoothing}
				compare(fmt.Sprintf("tokens.%d.%v", weighted, smoothing), token.Loss(p, float("logits"), whole("tokens")))
			}
			several := &Sequence{Problem: MultiLabel, ClassWeights: weights}
			compare(fmt.Sprintf("several.%d", weighted), several.Loss(p, float("logits"), float("several")))
		}
		choice := &Choice{Smoothing: 0.1}
		compare("single.0.0.1", choice.Loss(p, float("logits"), whole("labels")))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
