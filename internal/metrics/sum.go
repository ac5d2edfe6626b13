package metrics

import "math"

// sum adds numbers in the order in which numpy's add.reduce does (pairwise_sum in loops_utils.h.src), so that means have the
// same last bit.
func sum(a []float64) float64 {
	n := len(a)
	switch {
	case n < 8:
		var s float64
		for _, v := range a {
			s += v
		}
		return s
	case n <= 128:
		var r [8]float64
		copy(r[:], a)
		i := 8
		for ; i < n-n%8; i += 8 {
			for j := range r {
				r[j] += a[i+j]
			}
		}
		s := ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]))
		for _, v := range a[i:] {
			s += v
		}
		return s
	}
	half := n / 2
	half -= half % 8
	return sum(a[:half]) + sum(a[half:])
}

// mean is numpy's mean: NaN of nothing.
func mean(a []float64) float64 { return sum(a) / float64(len(a)) }

// weighted is numpy's average with weights.
func weighted(a []float64, weights []int) float64 {
	products, scale := make([]float64, len(a)), 0
	for i, w := range weights {
		products[i] = a[i] * float64(w)
		scale += w
	}
	return sum(products) / float64(scale)
}

// dot is numpy's vecdot, which is OpenBLAS's ddot. Its order of additions depends on the processor; this is that of servers
// with AVX-512 (ddot_microk_skylakex-2.c): lanes of fused multiply-adds, folded at the end. On others the last bit of the
// reference itself may differ, as it may above 10,000 numbers, which it splits among threads.
func dot(x, y []float64) float64 {
	whole := len(x) &^ 15
	var s float64
	if whole > 0 {
		var wide [32]float64
		i := 0
		for ; i < whole&^31; i += 32 {
			for l := range wide {
				wide[l] = math.FMA(x[i+l], y[i+l], wide[l])
			}
		}
		var lanes [4][4]float64
		for k := range lanes {
			for l := range lanes[k] {
				lanes[k][l] = wide[8*k+l] + wide[8*k+l+4]
			}
		}
		for ; i < whole; i += 16 {
			for k := range lanes {
				for l := range lanes[k] {
					lanes[k][l] = math.FMA(x[i+4*k+l], y[i+4*k+l], lanes[k][l])
				}
			}
		}
		var one [4]float64
		for l := range one {
			one[l] = lanes[0][l] + lanes[1][l] + lanes[2][l] + lanes[3][l]
		}
		s = (one[0] + one[2]) + (one[1] + one[3])
	}
	for i := whole; i < len(x); i++ {
		s = math.FMA(y[i], x[i], s)
	}
	return s
}
