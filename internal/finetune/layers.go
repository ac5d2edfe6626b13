package finetune

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"gobert/bert"
	"gobert/data/labelled"
	"gobert/data/labelled/features"
	"gobert/heads"
	"gobert/internal/torch"
)

// reinitialize draws the top layers anew, and the pooler: what they learnt in pretraining serves that task alone (Zhang et
// al. 2021, section 4.2). It comes before the network moves into flat memory.
func reinitialize(n bert.Network, top int, seed uint64) error {
	if top == 0 {
		return nil
	}
	c := n.Encoder().Config
	if top > c.NumLayers {
		return fmt.Errorf("finetune: --reinit %d: the model has %d layers", top, c.NumLayers)
	}
	var list []*bert.Parameter
	for _, p := range bert.Parameters(n) {
		if layer, ok := layerOf(p.Name); ok && layer >= c.NumLayers-top || strings.HasPrefix(p.Name, bert.Prefix+".pooler.") {
			list = append(list, p)
		}
	}
	return torch.Run(func() error {
		for _, p := range list {
			p.Value.Free()
			p.Value = torch.NewEmpty(torch.Float32, torch.CPU, p.Shape...)
			p.Compute = p.Value
		}
		bert.InitializeMissing(list, c.InitializerRange, seed)
		return nil
	})
}

// layerOf gives the encoder layer that a parameter belongs to.
func layerOf(name string) (layer int, ok bool) {
	rest, ok := strings.CutPrefix(name, bert.Prefix+".encoder.layer.")
	if !ok {
		return 0, false
	}
	number, _, _ := strings.Cut(rest, ".")
	layer, err := strconv.Atoi(number)
	return layer, err == nil
}

// decayRates gives every layer the rate of the one above it times decay: the head and the pooler have 1, the last layer decay,
// the embeddings the least (Howard and Ruder 2018, section 3.2; as ELECTRA does it for BERT).
func decayRates(n bert.Network, decay float64) {
	depth := n.Encoder().Config.NumLayers
	for _, p := range bert.Parameters(n) {
		power := 0
		if layer, ok := layerOf(p.Name); ok {
			power = depth - layer
		} else if strings.HasPrefix(p.Name, bert.Prefix+".embeddings.") {
			power = depth + 1
		}
		p.Rate = math.Pow(decay, float64(power))
	}
}

// weighClasses sets the head's class weights and label smoothing. Balanced weights are those of scikit-learn: examples over
// classes times the examples of the class; for several labels at once, negatives over positives.
func (m *Model) weighClasses(s Settings, train *features.Batch) (weights []float64, err error) {
	weights = s.ClassWeights
	if s.Balanced {
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
			n.ClassWeights, n.Smoothing = t, s.LabelSmoothing
		case *heads.Token:
			n.ClassWeights, n.Smoothing = t, s.LabelSmoothing
		case *heads.Choice:
			n.Smoothing = s.LabelSmoothing
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
