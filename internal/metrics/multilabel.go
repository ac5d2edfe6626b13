package metrics

import "fmt"

// Multilabel are examples that have any number of labels at once.
type Multilabel struct {
	truth, predicted [][]bool // [examples][classes]
	classes          int
}

// NewMultilabel pairs labels with predictions: rows of as many yes or no as there are classes.
func NewMultilabel(truth, predicted [][]bool, classes int) (Multilabel, error) {
	if len(truth) != len(predicted) {
		return Multilabel{}, fmt.Errorf("metrics: %d rows of labels but %d predictions", len(truth), len(predicted))
	}
	for i := range truth {
		if len(truth[i]) != classes || len(predicted[i]) != classes {
			return Multilabel{}, fmt.Errorf("metrics: example %d has %d labels and %d predictions: expected %d each",
				i, len(truth[i]), len(predicted[i]), classes)
		}
	}
	return Multilabel{truth, predicted, classes}, nil
}

// Accuracy is accuracy_score: the share of examples whose labels are all right.
func (m Multilabel) Accuracy() float64 {
	right := 0
	for i := range m.truth {
		if n := m.row(i); n.right == n.predicted && n.right == n.support {
			right++
		}
	}
	return float64(right) / float64(len(m.truth))
}

// Hamming is hamming_loss: the share of single yes or no that are wrong.
func (m Multilabel) Hamming() float64 {
	wrong := 0
	for i := range m.truth {
		n := m.row(i)
		wrong += n.predicted + n.support - 2*n.right
	}
	return float64(wrong) / float64(len(m.truth)*m.classes)
}

// row counts over the classes of an example.
func (m Multilabel) row(i int) counts {
	var n counts
	for j, t := range m.truth[i] {
		n.add(t, m.predicted[i][j])
	}
	return n
}

func (n *counts) add(truth, predicted bool) {
	if truth {
		n.support++
	}
	if predicted {
		n.predicted++
	}
	if truth && predicted {
		n.right++
	}
}

func (m Multilabel) class(j int) counts {
	var n counts
	for i := range m.truth {
		n.add(m.truth[i][j], m.predicted[i][j])
	}
	return n
}

// Average is precision_recall_fscore_support with an average over all classes or over all examples.
func (m Multilabel) Average(a Average) Scores {
	var parts []counts
	if a == Samples {
		for i := range m.truth {
			parts = append(parts, m.row(i))
		}
		return average(parts, Macro, counts.scores)
	}
	for j := range m.classes {
		parts = append(parts, m.class(j))
	}
	return average(parts, a, counts.scores)
}
