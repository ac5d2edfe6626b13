package bert

import (
	"encoding/json"
	"fmt"
	"slices"

	"gobert/internal/fault"
	"gobert/internal/torch"
	"gobert/internal/weights"
)

// quantization is what config.json says of a folder of eight-bit integers, in the words of compressed-tensors: each matrix of the encoder is
// int8 with a scale for each row beside it, and activations become int8 token by token as they come. docs/int8.md describes it.
const quantization = `{
  "quant_method": "compressed-tensors", "format": "int-quantized", "quantization_status": "compressed",
  "config_groups": {
    "group_0": {
      "format": "int-quantized", "targets": ["Linear"], "weights": {"num_bits": 8, "type": "int", "symmetric": true, "strategy": "channel"},
      "input_activations": {"num_bits": 8, "type": "int", "symmetric": true, "strategy": "token", "dynamic": true}
    },
    "group_1": {
      "format": "int-quantized", "targets": ["Embedding"], "weights": {"num_bits": 8, "type": "int", "symmetric": true, "strategy": "channel"}
    }
  },
  "ignore": ["classifier", "qa_outputs", "re:cls[.].*"]
}`

const quantizationKey = "quantization_config"

// scaleOf is what the scales of a matrix are called beside it.
const scaleOf = "_scale"

// Quantized says whether the weights are eight-bit integers: such a checkpoint, and a network that it fills, computes in them, on the CPU.
func (c *Checkpoint) Quantized() bool {
	return slices.ContainsFunc(c.source.Tensors(), func(w weights.Tensor) bool { return w.DType == weights.I8 })
}

// agreeQuantized compares what config.json says of integers with what there is.
func (c *Checkpoint) agreeQuantized() error {
	_, says := c.Config.Extra[quantizationKey]
	switch has := c.Quantized(); {
	case has && !says:
		return fault.New("bert: the weights in %s hold eight-bit integers, of which %s says nothing: expected %s", c.Folder, configPath(c.Folder), quantizationKey).Advise("config.json and the weights do not belong together")
	case says && !has:
		return fault.New("bert: %s has a %s, but the weights in %s hold no eight-bit integers", configPath(c.Folder), quantizationKey, c.Folder).Advise("config.json and the weights do not belong together")
	}
	return nil
}

// integers gives a matrix of eight-bit integers of the file, mapped.
func (c *Checkpoint) integers(w weights.Tensor, shape []int64) (*torch.Tensor, error) {
	name := w.Name + scaleOf
	scale, ok := c.source.Tensor(name)
	switch {
	case !ok:
		return nil, fault.New("bert: %s in %s holds I8, and %s is not there: expected a scale for each row", w.Original, w.File, name).Advise("finetune quantize writes both")
	case len(w.Shape) != 2 || !slices.Equal(w.Shape, shape):
		return nil, fault.New("bert: %s in %s has the shape %v, but the configuration of the model asks for %v", w.Original, w.File, w.Shape, shape).Advise("config.json and the weights do not belong together")
	case scale.DType != weights.F32 || !slices.Equal(scale.Shape, []int64{shape[0], 1}):
		return nil, fmt.Errorf("bert: %s in %s is %v%v, expected F32[%d 1]: a scale for each row", scale.Original, scale.File, scale.DType, scale.Shape, shape[0])
	}
	return torch.QuantizedOver(w.Data, scale.Data, shape...), nil
}

// quantize brings the encoder's matrices into eight bits. Heads, norms and biases stay in fp32. Where the file held no integers, nothing
// lies in it any more.
func (c *Checkpoint) quantize(n Network) error {
	defer Parameters(n) // names them from the root again
	return torch.Run(func() error {
		for _, p := range Parameters(n.Encoder()) {
			if p.Kind == Matrix && !p.Value.Quantized() {
				p.set(torch.Quantize(p.Value))
			}
		}
		if c.Quantized() {
			return nil
		}
		for _, p := range Parameters(n) {
			if !p.Value.Quantized() {
				p.set(torch.NewFromBytes(p.Value.Memory(), torch.Float32, torch.CPU, p.Shape...))
			}
		}
		return n.Encoder().unmap()
	})
}

// Detach copies what an int8 model has in a mapped file into memory, so that nothing happens to the model when the file changes.
func Detach(n Network) error {
	return torch.Run(func() error {
		for _, p := range Parameters(n) {
			if p.Value.Quantized() {
				p.set(p.Value.Copied())
			} else {
				p.set(torch.NewFromBytes(p.Value.Memory(), torch.Float32, torch.CPU, p.Shape...))
			}
		}
		return n.Encoder().unmap()
	})
}

// saved gives a quantized parameter as the two tensors that a folder has for it.
func saved(p *Parameter, value *torch.Tensor) []weights.Tensor {
	q, scale := value.Integers()
	return []weights.Tensor{
		{Name: p.Name, DType: weights.I8, Shape: p.Shape, Data: q},
		{Name: p.Name + scaleOf, DType: weights.F32, Shape: []int64{p.Shape[0], 1}, Data: scale},
	}
}

// describeQuantized says in a configuration that is written whether the weights are integers.
func describeQuantized(config *Config, integers bool) {
	delete(config.Extra, quantizationKey)
	if integers {
		config.Extra[quantizationKey] = json.RawMessage(quantization)
	}
}
