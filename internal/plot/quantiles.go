package plot

import (
	"math"
	"slices"
)

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// quantiles returns the values below which the given shares of all finite values lie.
func quantiles(values []float64, low, high float64) (atLow, atHigh float64) {
	var sorted []float64
	for _, v := range values {
		if finite(v) {
			sorted = append(sorted, v)
		}
	}
	if len(sorted) == 0 {
		return math.NaN(), math.NaN()
	}
	slices.Sort(sorted)
	last := float64(len(sorted) - 1)
	return sorted[int(low*last)], sorted[int(math.Ceil(high*last))]
}
