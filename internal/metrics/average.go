package metrics

import (
	"math"
	"slices"
)

// Scores are precision, recall and F1 of a class, or their averages.
type Scores struct {
	Precision, Recall, F1 float64
	Support               int // examples that have the label
}

// Average says how the scores of classes become one.
type Average string

// The averages of scikit-learn.
const (
	Micro    Average = "micro"    // over all decisions together
	Macro    Average = "macro"    // mean of the classes
	Weighted Average = "weighted" // mean of the classes, weighted by their examples
	Samples  Average = "samples"  // mean of the examples; only for several labels at once
)

// ratio is 0 where there is nothing to divide by, as scikit-learn's zero_division="warn".
func ratio(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

// scores divides counts as scikit-learn does: F1 straight from counts.
func (n counts) scores() Scores {
	right := float64(n.right)
	return Scores{
		Precision: ratio(right, float64(n.predicted)),
		Recall:    ratio(right, float64(n.support)),
		F1:        ratio(2*right, float64(n.support)+float64(n.predicted)),
		Support:   n.support,
	}
}

func (n counts) plus(m counts) counts {
	return counts{n.right + m.right, n.predicted + m.predicted, n.support + m.support}
}

// average joins the scores of classes, which the two references make of counts in two ways.
func average(classes []counts, a Average, score func(counts) Scores) Scores {
	var all counts
	for _, n := range classes {
		all = all.plus(n)
	}
	if a == Micro {
		return score(all)
	}
	columns := [3][]float64{}
	weights := make([]int, len(classes))
	for i, n := range classes {
		s := score(n)
		weights[i] = n.support
		for j, v := range [3]float64{s.Precision, s.Recall, s.F1} {
			columns[j] = append(columns[j], v)
		}
	}
	out := [3]float64{}
	for j, column := range columns {
		switch {
		case a == Weighted && all.support > 0:
			out[j] = weighted(column, weights)
		case a == Weighted && len(classes) > 0:
			out[j] = 0
		case a == Weighted:
			out[j] = math.NaN()
		default:
			out[j] = mean(column)
		}
	}
	return Scores{out[0], out[1], out[2], all.support}
}

// Class gives the scores of one class.
func (c Confusion) Class(i int) Scores { return c.class(i).scores() }

// Average is precision_recall_fscore_support with an average over the classes that are present.
func (c Confusion) Average(a Average) Scores {
	classes := slices.DeleteFunc(c.classes(), func(n counts) bool { return !n.present() })
	return average(classes, a, counts.scores)
}
