package cli

import (
	"fmt"
	"math"
	"time"

	"gobert/internal/torch"
)

// selfTest is one self-test's outcome.
type selfTest struct {
	Name    string  `json:"name"`
	Device  string  `json:"device"`
	Passed  bool    `json:"passed"`
	Detail  string  `json:"detail,omitempty"`
	Seconds float64 `json:"seconds"`
}

// size of the test's square matrices: large enough to use every thread, small enough to be done at once.
const size = 256

func (r *health) test(d torch.Device) {
	began := time.Now()
	for _, t := range []struct {
		name string
		run  func(d torch.Device) error
	}{
		{"matrix product fp32", func(d torch.Device) error { return matrixProduct(d, torch.Float32, 1e-5) }},
		{"matrix product bf16", func(d torch.Device) error { return matrixProduct(d, torch.BFloat16, 1e-2) }},
		{"matrix product fp16", func(d torch.Device) error { return matrixProduct(d, torch.Float16, 2e-3) }},
		{"gradient", gradient},
		{"error handling", mistakes},
	} {
		start := time.Now()
		err := t.run(d)
		test := selfTest{Name: t.name, Device: d.String(), Passed: err == nil, Seconds: time.Since(start).Seconds()}
		if err != nil {
			test.Detail = err.Error()
		}
		r.Tests = append(r.Tests, test)
	}
	r.TestTimes += time.Since(began).Seconds()
}

// matrixProduct multiplies matrices whose product has a closed form: rows of i by columns of 1/size give i.
func matrixProduct(d torch.Device, dtype torch.DType, tolerance float64) error {
	return torch.Do(torch.Mode{Device: d}, func(p *torch.Pass) error {
		a, b := make([]float32, size*size), make([]float32, size*size)
		for i := range a {
			a[i], b[i] = float32(i/size)/size, 1.0/size
		}
		left, right := p.Cast(torch.From(p, a, size, size), dtype), p.Cast(torch.From(p, b, size, size), dtype)
		for i, got := range torch.Values[float32](p.Matmul(left, right)) {
			if want := float64(i/size) / size; math.Abs(float64(got)-want) > tolerance {
				return fmt.Errorf("entry %d of the product is %v, expected %v", i, got, want)
			}
		}
		return nil
	})
}

// gradient differentiates sum(tanh(x)^2) at 0.5, which is 2 tanh(x) (1 - tanh(x)^2).
func gradient(d torch.Device) error {
	return torch.Do(torch.Mode{Device: d, Grad: true}, func(p *torch.Pass) error {
		x := p.Adopt(torch.Leaf(torch.From(p, []float32{0.5}, 1), 0, true, 1))
		y := p.Tanh(x)
		p.Backward(p.Sum(p.Mul(y, y), torch.Float32), nil)
		t := math.Tanh(0.5)
		if got, want := float64(torch.Values[float32](p.Adopt(x.Grad()))[0]), 2*t*(1-t*t); math.Abs(got-want) > 1e-6 {
			return fmt.Errorf("the gradient is %v, expected %v", got, want)
		}
		return nil
	})
}

// mistakes sees whether a mistake comes back as an error.
func mistakes(d torch.Device) error {
	err := torch.Do(torch.Mode{Device: d}, func(p *torch.Pass) error {
		p.Matmul(torch.From(p, []float32{1, 2}, 1, 2), torch.From(p, []float32{1, 2, 3}, 3, 1))
		return nil
	})
	if err == nil {
		return fmt.Errorf("a product of matrices that do not fit raised no error")
	}
	return nil
}
