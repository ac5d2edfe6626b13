package torch

// #include "native/abi.h"
import "C"

import "math/rand/v2"

// Fill sets every element of t to one value, outside of any graph.
func (t *Tensor) Fill(value float64) {
	check("fill", C.gb_fill(t.c(), C.double(value)), t)
}

// FillTruncatedNormal draws t from a normal distribution of mean 0 cut off at two standard deviations (Devlin et al.
// 2019 initialise every weight so, std 0.02). The draw depends on the seed and the shape alone.
func (t *Tensor) FillTruncatedNormal(std float64, seed uint64) {
	check("truncated normal", C.gb_truncated_normal(t.c(), C.double(std), C.uint64_t(seed)), t)
}

// FillNormal draws t from a normal distribution of mean 0. The draw depends on the seed and the number of elements alone.
func (t *Tensor) FillNormal(std float64, seed uint64) {
	t.fillFrom(seed, func(r *rand.Rand) float64 { return r.NormFloat64() * std })
}

// FillUniform draws t from -limit to limit. The draw depends on the seed and the number of elements alone.
func (t *Tensor) FillUniform(limit float64, seed uint64) {
	t.fillFrom(seed, func(r *rand.Rand) float64 { return (2*r.Float64() - 1) * limit })
}

func (t *Tensor) fillFrom(seed uint64, draw func(r *rand.Rand) float64) {
	r := rand.New(rand.NewPCG(seed, seed))
	values := make([]float32, t.Numel())
	for i := range values {
		values[i] = float32(draw(r))
	}
	drawn := NewFrom(values, CPU, t.Shape()...)
	defer drawn.Free()
	t.CopyFrom(drawn, false)
}
