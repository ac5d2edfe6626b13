package plot

import (
	"math"
	"slices"
)

// Smooth returns the exponential mean of values around each of them. The weight, 0 to below 1, says how slowly the influence
// of neighbours falls with their distance; 0 smooths nothing. Both sides count, so that a smoothed curve does not lag
// behind. A value that is not finite leaves a gap and no trace.
func Smooth(values []float64, weight float64) []float64 {
	out := make([]float64, len(values))
	sums := make([]float64, len(values))
	var mean, sum float64
	pass := func(i int) {
		if finite(values[i]) {
			out[i] += mean
			sums[i] += sum
			mean += values[i]
			sum++
		}
		mean, sum = mean*weight, sum*weight
	}
	for i := range values {
		pass(i)
	}
	mean, sum = 0, 0
	for i := len(values) - 1; i >= 0; i-- {
		pass(i)
		out[i] = (out[i] + values[i]) / (sums[i] + 1)
		if !finite(values[i]) {
			out[i] = math.NaN()
		}
	}
	return out
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// smoothness is a weight that suits so many values: the mean reaches over a hundredth of the curve to either side.
func smoothness(n int) float64 {
	if n < 50 {
		return 0
	}
	return 1 - 1/(1+float64(n)/100)
}

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
