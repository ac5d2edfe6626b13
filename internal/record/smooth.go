package record

import "math"

// Smooth returns the exponential mean of values around each of them. The weight, 0 to below 1, says how slowly the influence
// of neighbours falls with their distance; 0 smooths nothing. Both sides count, and where one has fewer neighbours, near the
// ends, their slope is taken into account (it is a line fitted to the neighbours, Cleveland 1979): so a smoothed curve does not
// lag behind, and its last value compares with others. A value that is not finite leaves a gap and no trace.
func Smooth(values []float64, weight float64) []float64 {
	n := len(values)
	before := make([]neighbours, n)
	var seen neighbours
	for i := range n {
		before[i] = seen
		seen.pass(values[i], weight)
	}
	out := make([]float64, n)
	seen = neighbours{}
	for i := n - 1; i >= 0; i-- {
		out[i] = math.NaN()
		if finite(values[i]) {
			out[i] = at(values[i], before[i], seen)
		}
		seen.pass(values[i], weight)
	}
	return out
}

// neighbours are sums over the values on one side of a place, each with its weight: of 1, of the distance, of its square, of
// the value, and of both.
type neighbours struct{ one, far, far2, value, both float64 }

// pass takes a value in and goes to the place behind it.
func (s *neighbours) pass(v, weight float64) {
	if finite(v) {
		s.one++
		s.value += v
	}
	*s = neighbours{
		weight * s.one, weight * (s.far + s.one), weight * (s.far2 + 2*s.far + s.one), weight * s.value, weight * (s.both + s.value),
	}
}

// at is the height of the fitted line at a value between its neighbours.
func at(v float64, before, after neighbours) float64 {
	one, value := before.one+after.one+1, before.value+after.value+v
	x, x2, both := after.far-before.far, after.far2+before.far2, after.both-before.both
	if d := one*x2 - x*x; d > 1e-9*one*one {
		return (x2*value - x*both) / d
	}
	return value / one
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// Smoothness is a weight for [Smooth] that suits so many values: the mean reaches over a fiftieth of the curve to either side.
func Smoothness(n int) float64 {
	if n < 50 {
		return 0
	}
	return 1 - 1/(1+float64(n)/50)
}
