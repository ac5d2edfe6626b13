package metrics

import (
	"fmt"
	"math"
)

// Bin is a range of confidence: above Low, up to High.
type Bin struct {
	Low, High  float64
	Count      int
	Confidence float64 // mean of the predictions in it; NaN of none
	Accuracy   float64 // share of them that is right; NaN of none
}

// Calibration says whether a model is as sure as it is right.
type Calibration struct {
	Bins []Bin
	ECE  float64 // expected calibration error: mean gap between confidence and accuracy, weighted by count
}

// Calibrate sorts predictions into bins of equal width by their confidence, the probability of the class that was
// predicted, as Guo et al. 2017 do.
func Calibrate(confidence []float64, right []bool, bins int) (Calibration, error) {
	var c Calibration
	if len(confidence) != len(right) {
		return c, fmt.Errorf("metrics: %d confidences but %d outcomes", len(confidence), len(right))
	}
	if bins < 1 {
		return c, fmt.Errorf("metrics: a calibration in %d bins: expected at least 1", bins)
	}
	c.Bins = make([]Bin, bins)
	sums, hits := make([]float64, bins), make([]int, bins)
	for i, p := range confidence {
		if !(p >= 0 && p <= 1) {
			return c, fmt.Errorf("metrics: the confidence of example %d is %v: expected 0 to 1", i, p)
		}
		b := bin(p, bins)
		c.Bins[b].Count++
		sums[b] += p
		if right[i] {
			hits[b]++
		}
	}
	for b := range c.Bins {
		count := float64(c.Bins[b].Count)
		c.Bins[b].Low, c.Bins[b].High = float64(b)/float64(bins), float64(b+1)/float64(bins)
		c.Bins[b].Confidence, c.Bins[b].Accuracy = sums[b]/count, float64(hits[b])/count
		if count > 0 {
			c.ECE += math.Abs(c.Bins[b].Accuracy-c.Bins[b].Confidence) * count / float64(len(confidence))
		}
	}
	if len(confidence) == 0 {
		c.ECE = math.NaN()
	}
	return c, nil
}

// bin is the number of the bin above whose lower edge, and not above whose upper edge, a confidence lies.
func bin(p float64, bins int) int {
	b := min(int(p*float64(bins)), bins-1)
	if b > 0 && p <= float64(b)/float64(bins) {
		b--
	}
	return b
}
