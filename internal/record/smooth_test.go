package record

import (
	"math"
	"slices"
	"testing"
)

// TestSmooth: a constant stays, a slope does not lag, a gap leaves no trace.
func TestSmooth(t *testing.T) {
	nan := math.NaN()
	if got := Smooth([]float64{1, 5, 2}, 0); !slices.Equal(got, []float64{1, 5, 2}) {
		t.Errorf("weight 0 smooths: %v", got)
	}
	got := Smooth([]float64{4, nan, 4, 4, math.Inf(1)}, 0.9)
	for i, want := range []float64{4, nan, 4, 4, nan} {
		if math.IsNaN(want) != math.IsNaN(got[i]) || math.Abs(got[i]-want) > 1e-12 {
			t.Errorf("value %d is %v, want %v", i, got[i], want)
		}
	}
	slope := make([]float64, 101)
	for i := range slope {
		slope[i] = float64(i)
	}
	for i, got := range Smooth(slope, 0.9) {
		if math.Abs(got-float64(i)) > 1e-6 {
			t.Errorf("value %d of a slope is %v", i, got)
		}
	}
	noisy := make([]float64, 1000)
	for i := range noisy {
		noisy[i] = float64(i%2*2 - 1)
	}
	for i, got := range Smooth(noisy, Smoothness(len(noisy))) {
		if math.Abs(got) > 0.5 {
			t.Errorf("value %d of noise around 0 is %v", i, got)
		}
	}
}

// TestThin: extremes of a long line survive.
