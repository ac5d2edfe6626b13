package task

import (
	"fmt"

	"gobert/data/labelled"
	"gobert/data/labelled/features"
	"gobert/heads"
	"gobert/internal/torch"
)

// Regularize sets the head's class weights and label smoothing, and gives the weights. Balanced weights are those of scikit-learn: examples over
// classes times the examples of the class; for several labels at once, negatives over positives.
func (m *Model) Regularize(weights []float64, balanced bool, smoothing float64, train *features.Batch) ([]float64, error) {
	if balanced {
		weights = m.balance(train)
	}
	if len(weights) > 0 && len(weights) != m.Labels.Len() {
		return nil, fmt.Errorf("finetune: %d class weights for %d labels: %s", len(weights), m.Labels.Len(), m.Labels.List())
	}
	return weights, torch.Run(func() error {
		var t *torch.Tensor
		if len(weights) > 0 {
			single := make([]float32, len(weights))
			for i, w := range weights {
				single[i] = float32(w)
			}
			t = torch.NewFrom(single, m.Device, int64(len(single)))
		}
		switch n := m.Network.(type) {
		case *heads.Sequence:
			n.ClassWeights, n.Smoothing = t, smoothing
		case *heads.Token:
			n.ClassWeights, n.Smoothing = t, smoothing
		case *heads.Choice:
			n.Smoothing = smoothing
		}
		return nil
	})
}

func (m *Model) balance(train *features.Batch) []float64 {
	counts := make([]float64, m.Labels.Len())
	total := 0.0
	labels := train.Classes
	if m.Kind == labelled.Tag {
		labels = train.Tags
	}
	for _, label := range labels {
		if label >= 0 {
			counts[label]++
			total++
		}
	}
	several := m.Labels.Problem == labelled.Multi
	for i, target := range train.Targets {
		counts[i%train.Width] += float64(target)
	}
	weights := make([]float64, len(counts))
	for i, n := range counts {
		switch {
		case n == 0:
			weights[i] = 1
		case several:
			weights[i] = (float64(train.Len()) - n) / n
		default:
			weights[i] = total / (float64(len(counts)) * n)
		}
	}
	return weights
}
