package metrics

import "fmt"

// Multilabel are examples that have any number of labels at once, as counts over the labels of each and over the examples of each
// class.
type Multilabel struct{ examples, classes []counts }

// NewMultilabel pairs labels with predictions: rows of as many yes or no as there are classes.
func NewMultilabel(truth, predicted [][]bool, classes int) (Multilabel, error) {
	if len(truth) != len(predicted) {
		return Multilabel{}, fmt.Errorf("metrics: %d rows of labels but %d predictions", len(truth), len(predicted))
	}
	m := Multilabel{make([]counts, len(truth)), make([]counts, classes)}
	for i := range truth {
		if len(truth[i]) != classes || len(predicted[i]) != classes {
			return Multilabel{}, fmt.Errorf("metrics: example %d has %d labels and %d predictions: expected %d each",
				i, len(truth[i]), len(predicted[i]), classes)
		}
		for j, yes := range truth[i] {
			m.examples[i].add(yes, predicted[i][j])
			m.classes[j].add(yes, predicted[i][j])
		}
	}
	return m, nil
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

// Accuracy is accuracy_score: the share of examples whose labels are all right.
func (m Multilabel) Accuracy() float64 {
	right := 0
	for _, n := range m.examples {
		if n.right == n.predicted && n.right == n.support {
			right++
		}
	}
	return float64(right) / float64(len(m.examples))
}

// Hamming is hamming_loss: the share of single yes or no that are wrong.
func (m Multilabel) Hamming() float64 {
	wrong := 0
	for _, n := range m.examples {
		wrong += n.predicted + n.support - 2*n.right
	}
	return float64(wrong) / float64(len(m.examples)*len(m.classes))
}

// Average is precision_recall_fscore_support with an average over all classes or over all examples.
func (m Multilabel) Average(a Average) Scores {
	if a == Samples {
		return average(m.examples, Macro, counts.scores)
	}
	return average(m.classes, a, counts.scores)
}
