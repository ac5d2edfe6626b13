package finetune

import (
	"math"
	"strconv"
	"strings"

	"gobert/bert"
	"gobert/internal/fault"
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
		return fault.Usage("finetune: {reinit} %d: the model has %d layers", top, c.NumLayers)
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
