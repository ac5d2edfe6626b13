package plot

import (
	"math"
	"slices"
)

// Smooth returns the exponential mean of values, without the bias towards its beginning. The weight, 0 to below 1, is that of
// what came before; 0 smooths nothing. A value that is not finite leaves a gap and no trace.
func Smooth(values []float64, weight float64) []float64 {
	out := make([]float64, len(values))
	var mean, sum float64
	for i, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			out[i] = math.NaN()
			continue
		}
		mean = weight*mean + (1-weight)*v
		sum = weight*sum + (1 - weight)
		out[i] = mean / sum
	}
	return out
}

// smoothness is a weight that suits so many values: the mean reaches over a fiftieth of the curve.
func smoothness(n int) float64 {
	if n < 50 {
		return 0
	}
	return 1 - 50/float64(max(n, 51))
}

// quantiles returns the values below which the given shares of all finite values lie.
func quantiles(values []float64, low, high float64) (atLow, atHigh float64) {
	var sorted []float64
	for _, v := range values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
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
