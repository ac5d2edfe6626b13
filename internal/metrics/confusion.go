package metrics

import (
	"fmt"
	"math"
)

// Confusion counts how often each class was predicted for each: [true][predicted].
type Confusion [][]int

// NewConfusion counts predictions. Classes are numbered from 0.
func NewConfusion(truth, predicted []int, classes int) (Confusion, error) {
	if len(truth) != len(predicted) {
		return nil, fmt.Errorf("metrics: %d labels but %d predictions", len(truth), len(predicted))
	}
	c := make(Confusion, classes)
	for i := range c {
		c[i] = make([]int, classes)
	}
	for i, t := range truth {
		p := predicted[i]
		if t < 0 || t >= classes {
			return nil, fmt.Errorf("metrics: the label of example %d is %d: expected 0 to %d", i, t, classes-1)
		}
		if p < 0 || p >= classes {
			return nil, fmt.Errorf("metrics: the prediction of example %d is %d: expected 0 to %d", i, p, classes-1)
		}
		c[t][p]++
	}
	return c, nil
}

// total is the number of examples.
func (c Confusion) total() int {
	n := 0
	for _, row := range c {
		for _, count := range row {
			n += count
		}
	}
	return n
}

// Accuracy is accuracy_score: the share of examples that are right; NaN without any.
func (c Confusion) Accuracy() float64 {
	right := 0
	for i := range c {
		right += c[i][i]
	}
	return float64(right) / float64(c.total())
}

// counts are the numbers that precision and recall are made of.
type counts struct{ right, predicted, support int }

// present says that a class occurs as a label or as a prediction. As in scikit-learn, averages are over those.
func (n counts) present() bool { return n.predicted+n.support > 0 }

// class counts one class against the rest.
func (c Confusion) class(i int) counts {
	n := counts{right: c[i][i]}
	for j := range c {
		n.predicted += c[j][i]
		n.support += c[i][j]
	}
	return n
}

// classes counts every class against the rest, in one walk over the rows: of thousands of classes, a walk down a column for each
// would take seconds.
func (c Confusion) classes() []counts {
	all := make([]counts, len(c))
	for i, row := range c {
		all[i].right = row[i]
		for j, n := range row {
			all[i].support += n
			all[j].predicted += n
		}
	}
	return all
}

// Matthews is matthews_corrcoef, for any number of classes; 0 where all labels or all predictions are of one class.
func (c Confusion) Matthews() float64 {
	var right, total, both, predicted, support float64
	for _, n := range c.classes() {
		p, s := float64(n.predicted), float64(n.support)
		right += float64(n.right)
		total += s
		both += s * p
		predicted += p * p
		support += s * s
	}
	// Whole numbers below 2^53 have no rounding, so the order of additions does not matter.
	square := (total*total - predicted) * (total*total - support)
	if square == 0 {
		return 0
	}
	return (right*total - both) / math.Sqrt(square)
}
