package metrics

import (
	"cmp"
	"math"
	"slices"
)

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
