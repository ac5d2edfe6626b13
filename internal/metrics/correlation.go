package metrics

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Pearson is scipy's pearsonr. It is NaN where one side is constant. Fewer than two numbers are an error, as there.
func Pearson(x, y []float64) (float64, error) {
	if len(x) != len(y) {
		return 0, fmt.Errorf("metrics: a correlation of %d numbers with %d", len(x), len(y))
	}
	if len(x) < 2 {
		return 0, fmt.Errorf("metrics: a correlation needs at least 2 examples, there are %d", len(x))
	}
	if constant(x) || constant(y) {
		return math.NaN(), nil
	}
	r := math.Max(-1, math.Min(1, dot(direction(x), direction(y))))
	if len(x) == 2 {
		r = math.RoundToEven(r)
	}
	return r, nil
}

func constant(x []float64) bool {
	for _, v := range x {
		if v != x[0] { // a NaN differs from itself, as in numpy
			return false
		}
	}
	return true
}

// direction takes away the mean and scales to length 1, in such a way that squares do not overflow.
func direction(x []float64) []float64 {
	center := mean(x)
	out, squares := make([]float64, len(x)), make([]float64, len(x))
	var largest float64
	for i, v := range x {
		out[i] = v - center
		largest = math.Max(largest, math.Abs(out[i]))
	}
	for i, v := range out {
		squares[i] = (v / largest) * (v / largest)
	}
	length := largest * math.Sqrt(sum(squares))
	for i := range out {
		out[i] /= length
	}
	return out
}

// Spearman is scipy's spearmanr: the correlation of ranks. It is NaN where one side is constant, or for fewer than two numbers.
func Spearman(x, y []float64) (float64, error) {
	if len(x) != len(y) {
		return 0, fmt.Errorf("metrics: a correlation of %d numbers with %d", len(x), len(y))
	}
	if len(x) < 2 || constant(x) || constant(y) {
		return math.NaN(), nil
	}
	a, okA := ranks(x)
	b, okB := ranks(y)
	if !okA || !okB {
		return math.NaN(), nil
	}
	// Ranks less their mean are multiples of a half, so the sums have no rounding.
	middle := float64(len(x)+1) / 2
	var aa, bb, ab float64
	for i := range a {
		u, v := a[i]-middle, b[i]-middle
		aa += u * u
		bb += v * v
		ab += u * v
	}
	share := 1 / float64(len(x)-1)
	aa, bb, ab = aa*share, bb*share, ab*share
	r := ab / math.Sqrt(bb) / math.Sqrt(aa)
	return math.Max(-1, math.Min(1, r)), nil
}

// ranks numbers values from 1 by size; equal values share the mean of their places. NaN has no rank.
func ranks(x []float64) (out []float64, ok bool) {
	if slices.ContainsFunc(x, math.IsNaN) {
		return nil, false
	}
	order := make([]int, len(x))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(x[i], x[j]) })
	out = make([]float64, len(x))
	for from := 0; from < len(order); {
		to := from
		for to < len(order) && x[order[to]] == x[order[from]] {
			to++
		}
		for _, i := range order[from:to] {
			out[i] = float64(from+to+1) / 2
		}
		from = to
	}
	return out, true
}
