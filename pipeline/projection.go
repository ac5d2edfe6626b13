package pipeline

import (
	"fmt"

	"gobert/internal/sentencetransformers"
	"gobert/internal/torch"
	"gobert/internal/weights"
)

// A step changes pooled vectors, [B,width] row by row.
type step struct {
	width int // of what it gives
	apply func(rows []float32) ([]float32, error)
}

// steps are what the modules of a folder do to vectors of a width, on a device.
func steps(modules []sentencetransformers.Module, width int, device torch.Device) (list []step, err error) {
	for i, module := range modules {
		var s step
		in := width
		switch m := module.(type) {
		case sentencetransformers.Normalize:
			s = normalized(width)
		case sentencetransformers.LayerNorm:
			in = m.Width
			s, err = layerNorm(m, device)
		case sentencetransformers.Dense:
			in = m.In
			s, err = projection(m, device)
		}
		if err == nil && in != width {
			err = fmt.Errorf("pipeline: module %d of the folder's modules.json takes vectors of %d numbers, but gets %d", i+2, in, width)
		}
		if err != nil {
			return nil, err
		}
		list, width = append(list, s), s.width
	}
	return list, nil
}

// normalized makes each row of length 1.
func normalized(width int) step {
	return step{width, func(rows []float32) ([]float32, error) {
		for at := 0; at < len(rows); at += width {
			sentencetransformers.Normalize{}.Apply(rows[at : at+width])
		}
		return rows, nil
	}}
}

// firstNumbers keeps the first numbers of each vector.
func firstNumbers(from, to int) step {
	return step{to, func(rows []float32) ([]float32, error) {
		out := make([]float32, 0, len(rows)/from*to)
		for at := 0; at < len(rows); at += from {
			out = append(out, rows[at:at+to]...)
		}
		return out, nil
	}}
}

// onDevice is a step of LibTorch's operators. It computes in fp32 whatever the network does: it is small, and its result is what is
// compared. The weights are given as f takes them.
func onDevice(device torch.Device, in, out int, f func(p *torch.Pass, x *torch.Tensor, w [][]float32) *torch.Tensor, list ...weights.Tensor) (step, error) {
	var held [][]float32
	for _, t := range list {
		values, err := floats(t)
		if err != nil {
			return step{}, err
		}
		held = append(held, values)
	}
	return step{out, func(rows []float32) (result []float32, err error) {
		err = torch.Do(torch.Mode{Device: device, Compute: torch.Float32}, func(p *torch.Pass) error {
			result = torch.Values[float32](f(p, torch.From(p, rows, int64(len(rows)/in), int64(in)), held))
			return nil
		})
		return result, err
	}}, nil
}

// projection is a dense layer.
func projection(d sentencetransformers.Dense, device torch.Device) (step, error) {
	in, out := int64(d.In), int64(d.Out)
	return onDevice(device, d.In, d.Out, func(p *torch.Pass, x *torch.Tensor, held [][]float32) *torch.Tensor {
		w := torch.From(p, held[0], out, in)
		var b *torch.Tensor
		if len(held[1]) > 0 {
			b = torch.From(p, held[1], out)
		}
		y := p.Linear(x, torch.Weight{Matrix: w, Compute: w, Bias: b})
		switch d.Activation {
		case "":
		case "sigmoid":
			y = p.Sigmoid(y)
		default:
			y = p.Activation(y, d.Activation)
		}
		if len(held[2]) > 0 {
			w := torch.From(p, held[2], out, in)
			x = p.Linear(x, torch.Weight{Matrix: w, Compute: w})
		}
		if d.Residual {
			y = p.Add(y, x)
		}
		return y
	}, d.Weight, d.Bias, d.Across)
}

// normEps is what PyTorch's LayerNorm adds to the variance where nothing is said.
const normEps = 1e-5

func layerNorm(n sentencetransformers.LayerNorm, device torch.Device) (step, error) {
	width := int64(n.Width)
	return onDevice(device, n.Width, n.Width, func(p *torch.Pass, x *torch.Tensor, held [][]float32) *torch.Tensor {
		norm := torch.LayerNorm{Gain: torch.From(p, held[0], width), Bias: torch.From(p, held[1], width), Eps: normEps}
		return p.DropoutAddNorm(x, nil, norm, 0)
	}, n.Weight, n.Bias)
}

// floats gives a weight's numbers; none for a weight that is not there.
func floats(t weights.Tensor) (values []float32, err error) {
	if len(t.Data) == 0 {
		return nil, nil
	}
	dtype, ok := map[weights.DType]torch.DType{weights.F32: torch.Float32, weights.F16: torch.Float16, weights.BF16: torch.BFloat16, weights.F64: torch.Float64}[t.DType]
	if !ok {
		return nil, fmt.Errorf("pipeline: %s in %s holds %v: expected F32, F16, BF16 or F64", t.Name, t.File, t.DType)
	}
	return values, torch.Run(func() error {
		held := torch.NewFromBytes(t.Data, dtype, torch.CPU, t.Shape...)
		defer held.Free()
		wide := held.To(torch.Float32, torch.CPU)
		defer wide.Free()
		values = torch.Values[float32](wide)
		return nil
	})
}
