package torch

import (
	"math"
	"testing"
)

// TestCounterDropoutDrawsIndependently: the share of dropped elements is the rate, in the whole and in each row and column, and
// whether one is dropped says nothing of its neighbours, nor of the same place at another site, step or seed. Bounds are five
// standard deviations.
func TestCounterDropoutDrawsIndependently(t *testing.T) {
	const rows, width, rate = 600, 384, 0.1
	mask := func(m Mode, site int) (dropped []float64) {
		do(t, m, func(p *Pass) {
			var last *Tensor
			for range site {
				last = p.CounterDropout(p.Reshape(p.Adopt(ones(rows*width)), rows, width), rate)
			}
			for _, x := range Values[float32](last) {
				switch {
				case x == 0:
					dropped = append(dropped, 1-rate)
				case math.Abs(float64(x)*(1-rate)-1) < 1e-4:
					dropped = append(dropped, -rate)
				default:
					t.Fatalf("factor %v: expected 0 or %v", x, 1/(1-rate))
				}
			}
		})
		return dropped
	}
	const variance = rate * (1 - rate)
	first := mask(Mode{Seed: 1, Step: 3}, 1)
	mean := func(what string, n int, at func(i int) float64) {
		sum := 0.0
		for i := range n {
			sum += at(i)
		}
		if z := sum / math.Sqrt(float64(n)*variance); math.Abs(z) > 5 {
			t.Errorf("%s: %.1f standard deviations from the rate", what, z)
		}
	}
	mean("all", len(first), func(i int) float64 { return first[i] })
	for r := range rows {
		mean("row", width, func(i int) float64 { return first[r*width+i] })
	}
	for c := range width {
		mean("column", rows, func(i int) float64 { return first[i*width+c] })
	}
	correlated := func(what string, other []float64, shift int) {
		mean(what, len(first)-shift, func(i int) float64 { return first[i+shift] * other[i] / math.Sqrt(variance) })
	}
	for _, shift := range []int{1, 2, 8, 16, 32, 128, width, 2 * width} {
		correlated("a neighbour", first, shift)
	}
	correlated("the next site", mask(Mode{Seed: 1, Step: 3}, 2), 0)
	correlated("the next step", mask(Mode{Seed: 1, Step: 4}, 1), 0)
	correlated("the next seed", mask(Mode{Seed: 2, Step: 3}, 1), 0)
}
