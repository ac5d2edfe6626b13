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
			normalize(rows[at : at+width])
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

// projection is a dense layer. It computes in fp32 whatever the network does: it is small, and it is what is compared.
func projection(d sentencetransformers.Dense, device torch.Device) (step, error) {
	weight, err1 := floats(d.Weight)
	bias, err2 := floats(d.Bias)
	across, err3 := floats(d.Across)
	for _, err := range []error{err1, err2, err3} {
		if err != nil {
			return step{}, err
		}
	}
	in, out := int64(d.In), int64(d.Out)
	return step{d.Out, func(rows []float32) (result []float32, err error) {
		err = torch.Do(torch.Mode{Device: device, Compute: torch.Float32}, func(p *torch.Pass) error {
			x := torch.From(p, rows, int64(len(rows))/in, in)
			w := torch.From(p, weight, out, in)
			var b *torch.Tensor
			if len(bias) > 0 {
				b = torch.From(p, bias, out)
			}
			y := p.Linear(x, torch.Weight{Matrix: w, Compute: w, Bias: b})
			switch d.Activation {
			case "":
			case "sigmoid":
				y = p.Sigmoid(y)
			default:
				y = p.Activation(y, d.Activation)
			}
			if len(across) > 0 {
				w := torch.From(p, across, out, in)
				x = p.Linear(x, torch.Weight{Matrix: w, Compute: w})
			}
			if d.Residual {
				y = p.Add(y, x)
			}
			result = torch.Values[float32](y)
			return nil
		})
		return result, err
	}}, nil
}

// normEps is what PyTorch's LayerNorm adds to the variance where nothing is said.
const normEps = 1e-5

func layerNorm(n sentencetransformers.LayerNorm, device torch.Device) (step, error) {
	gain, err := floats(n.Weight)
	if err != nil {
		return step{}, err
	}
	bias, err := floats(n.Bias)
	if err != nil {
		return step{}, err
	}
	width := int64(n.Width)
	return step{n.Width, func(rows []float32) (result []float32, err error) {
		err = torch.Do(torch.Mode{Device: device, Compute: torch.Float32}, func(p *torch.Pass) error {
			x := torch.From(p, rows, int64(len(rows))/width, width)
			norm := torch.LayerNorm{Gain: torch.From(p, gain, width), Bias: torch.From(p, bias, width), Eps: normEps}
			result = torch.Values[float32](p.DropoutAddNorm(x, nil, norm, 0))
			return nil
		})
		return result, err
	}}, nil
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
