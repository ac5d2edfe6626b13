package torch

import "math"

// The twin of package int8 in plain Go: the same operations on fp32 and integers, in no particular order of sums where they are integers.

const twinLeast = 1e-36

// twinQuantize gives the integers of a row, and what one of them stands for.
func twinQuantize(x []float32) (q []int8, step float32) {
	var most float32
	for _, v := range x {
		if v != v || math.IsInf(float64(v), 0) {
			return make([]int8, len(x)), float32(math.NaN())
		}
		most = max(most, float32(math.Abs(float64(v))))
	}
	most = max(most, twinLeast)
	times := 127 / most
	for _, v := range x {
		q = append(q, int8(math.RoundToEven(float64(v*times))))
	}
	return q, most / 127
}

// twinLinear is x W^T + b for x [N,in] and w [out,in]; bias may be nil.
func twinLinear(x, w, bias []float32, in, out int, gelu bool) []float32 {
	weights, scales := make([][]int8, out), make([]float32, out)
	for c := range weights {
		weights[c], scales[c] = twinQuantize(w[c*in : (c+1)*in])
	}
	var y []float32
	for r := 0; r < len(x); r += in {
		q, step := twinQuantize(x[r : r+in])
		for c := range weights {
			var sum int32
			for k := range q {
				sum += int32(q[k]) * int32(weights[c][k])
			}
			scale := step * scales[c]
			v := float32(sum) * scale
			if bias != nil {
				v += bias[c]
			}
			if gelu {
				v = twinGELU(v)
			}
			y = append(y, v)
		}
	}
	return y
}

// polynomial is Horner's rule, rounded at each step.
func polynomial(x float32, coefficients ...float32) (p float32) {
	for i, c := range coefficients {
		if i == 0 {
			p = c
			continue
		}
		product := p * x
		p = product + c
	}
	return p
}

// twinGELU is x/2 (1 + erf(x/sqrt 2)).
func twinGELU(x float32) float32 {
	z := x * 0.70710678118654752
	magnitude := z
	if z < 0 {
		magnitude = -z
	}
	scaled := 0.3275911 * magnitude
	t := 1 / (1 + scaled)
	p := polynomial(t, 1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592)
	square := magnitude * magnitude
	rest := p * t
	rest *= twinExp(-square)
	half := 0.5 * x
	if z < 0 {
		return half * rest
	}
	return half * (2 - rest)
}

// twinExp is kernels/softmax_rows.h's e^x for x <= 0.
func twinExp(x float32) float32 {
	if x < -87 {
		x = -87
	}
	const magic = 12582912
	turns := x * 1.44269504088896341
	shifted := turns + magic
	n := shifted - magic
	whole := n * 0.693359375
	r := x - whole
	rest := n * -2.12194440e-4
	r -= rest
	p := polynomial(r, 1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1)
	p *= r
	p *= r
	p += r
	p++
	return p * math.Float32frombits((math.Float32bits(shifted)+127)<<23)
}
