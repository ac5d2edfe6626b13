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
				r := Regularization{ClassWeights: weights, Smoothing: smoothing}
				single := &Sequence{Problem: SingleLabel}
				compare(fmt.Sprintf("single.%d.%v", weighted, smoothing), single.Loss(p, float("logits"), whole("labels"), r))
				compare(fmt.Sprintf("tokens.%d.%v", weighted, smoothing), new(Token).Loss(p, float("logits"), whole("tokens"), r))
			}
			several := &Sequence{Problem: MultiLabel}
			compare(fmt.Sprintf("several.%d", weighted), several.Loss(p, float("logits"), float("several"), Regularization{ClassWeights: weights}))
		}
		compare("single.0.0.1", new(Choice).Loss(p, float("logits"), whole("labels"), Regularization{Smoothing: 0.1}))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
