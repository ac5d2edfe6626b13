package metrics

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// Interval is a range that holds a metric's true value with a given confidence.
type Interval struct{ Low, High float64 }

// BootstrapOptions say how an interval is estimated. The zero value draws 1000 samples for 95 % with seed 0.
type BootstrapOptions struct {
	Samples int     // 0 means 1000
	Level   float64 // confidence, 0 to 1; 0 means 0.95
	Seed    uint64

	Next func(done int) bool // asked before each draw, with the number of those before; false ends the drawing. nil: go on
}

// Bootstrap estimates how sure a metric of n examples is: it draws n of them with replacement again and again, computes the
// metric of each draw, and returns the range without the extremes (Efron's percentile interval). The metric is told which
// examples were drawn, and must not keep the slice. The same seed gives the same interval. Draws whose metric is NaN are left
// out; the interval is NaN where nothing is left.
func Bootstrap(n int, o BootstrapOptions, metric func(drawn []int) float64) Interval {
	if o.Samples <= 0 {
		o.Samples = 1000
	}
	if o.Level <= 0 || o.Level >= 1 {
		o.Level = 0.95
	}
	random := rand.New(rand.NewPCG(o.Seed, 0x6d657472696373))
	drawn := make([]int, n)
	var values []float64
	for done := range o.Samples {
		if o.Next != nil && !o.Next(done) {
			break
		}
		for i := range drawn {
			drawn[i] = random.IntN(n)
		}
		if v := metric(drawn); !math.IsNaN(v) {
			values = append(values, v)
		}
	}
	slices.Sort(values)
	tail := (1 - o.Level) / 2
	return Interval{quantile(values, tail), quantile(values, 1-tail)}
}

// BootstrapMean is [Bootstrap] of a mean, such as an accuracy of zeros and ones.
func BootstrapMean(values []float64, o BootstrapOptions) Interval {
	return Bootstrap(len(values), o, func(drawn []int) float64 {
		var s float64
		for _, i := range drawn {
			s += values[i]
		}
		return s / float64(len(drawn))
	})
}

// BootstrapClasses is [Bootstrap] of a metric of single labels, such as Confusion.Matthews.
func BootstrapClasses(truth, predicted []int, classes int, o BootstrapOptions, metric func(Confusion) float64) (Interval, error) {
	c, err := NewConfusion(truth, predicted, classes)
	if err != nil {
		return Interval{}, err
	}
	return Bootstrap(len(truth), o, func(drawn []int) float64 {
		for _, row := range c {
			clear(row)
		}
		for _, i := range drawn {
			c[truth[i]][predicted[i]]++
		}
		return metric(c)
	}), nil
}

// BootstrapEntities is [Bootstrap] of the micro F1 of entities; whole sentences are drawn.
func BootstrapEntities(truth, predicted [][]string, o BootstrapOptions) (Interval, error) {
	if err := sameShape(truth, predicted); err != nil {
		return Interval{}, err
	}
	sentences := make([]counts, len(truth))
	for i := range truth {
		r, err := Entities(truth[i:i+1], predicted[i:i+1])
		if err != nil {
			return Interval{}, fmt.Errorf("metrics: sentence %d: %w", i, err)
		}
		sentences[i] = r.counts
	}
	return Bootstrap(len(sentences), o, func(drawn []int) float64 {
		var all counts
		for _, i := range drawn {
			all = all.plus(sentences[i])
		}
		return all.entityScores().F1
	}), nil
}

// quantile is numpy's, linear between the values of a sorted slice.
func quantile(sorted []float64, share float64) float64 {
	if len(sorted) == 0 {
		return math.NaN()
	}
	at := share * float64(len(sorted)-1)
	low := math.Floor(at)
	a, b := sorted[int(low)], sorted[min(int(low)+1, len(sorted)-1)]
	t := at - low
	if t >= 0.5 {
		return b - (b-a)*(1-t)
	}
	return a + (b-a)*t
}
