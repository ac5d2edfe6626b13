package torch

import (
	"fmt"
	"math"
	"testing"
)

// TestRowsThatAskForNothingChangeNothing: targets of -1, which round up the number of rows, leave loss, count and gradients as
// they are without those rows; in every type, with our kernels and with LibTorch's operators.
func TestRowsThatAskForNothingChangeNothing(t *testing.T) {
	defer UseKernels(true)
	const asked, spare, width, words = 5, 3, 16, 37
	for _, compute := range []DType{Float32, BFloat16, Float16} {
		for _, kernels := range []bool{true, false} {
			t.Run(fmt.Sprintf("%v/kernels %v", compute, kernels), func(t *testing.T) {
				UseKernels(kernels)
				want := maskedLM(t, compute, asked, 0, width, words)
				got := maskedLM(t, compute, asked, spare, width, words)
				allowed := map[DType]float64{Float32: 1e-6, BFloat16: 1e-2, Float16: 2e-3}[compute]
				for i := range want {
					if len(got[i]) < len(want[i]) {
						t.Fatalf("result %d has %d values, want %d", i, len(got[i]), len(want[i]))
					}
					for j, x := range got[i] {
						y := float32(0) // of the additional rows of h
						if j < len(want[i]) {
							y = want[i][j]
						}
						if math.Abs(float64(x-y)) > allowed {
							t.Fatalf("result %d (loss, correct, gradients of h, word and bias): value %d is %v, without additional rows %v", i, j, x, y)
						}
					}
				}
			})
		}
	}
}

// maskedLM gives the loss, the number predicted right, and the gradients of h, word and bias.
func maskedLM(t *testing.T, compute DType, asked, spare, width, words int64) (results [5][]float32) {
	t.Helper()
	do(t, Mode{Grad: true, Compute: compute}, func(p *Pass) {
		leaf := func(seed uint64, shape ...int64) *Tensor {
			storage := p.Adopt(NewEmpty(Float32, CPU, product(shape)))
			storage.FillNormal(0.5, seed)
			return p.Adopt(Leaf(storage, 0, true, shape...))
		}
		h, word, bias := leaf(1, asked+spare, width), leaf(2, words, width), leaf(3, words)
		ids := make([]int32, asked+spare)
		for i := range ids {
			if ids[i] = -1; int64(i) < asked {
				ids[i] = int32(i*7) % int32(words)
			}
		}
		loss, correct := p.MaskedLMLoss(p.Cast(h, compute), weightOf(p, word, bias), From(p, ids, asked+spare), 1)
		p.Backward(loss, nil)
		results = [5][]float32{
			Values[float32](loss), Values[float32](correct), Values[float32](p.Adopt(h.Grad())),
			Values[float32](p.Adopt(word.Grad())), Values[float32](p.Adopt(bias.Grad())),
		}
	})
	return results
}
