package task

import (
	"fmt"
	"slices"

	"gobert/data/labelled"
	"gobert/data/labelled/squad"
	"gobert/internal/metrics"
	"gobert/train"
)

// baseline measures, as the model is measured, what reads no text: the answer that is best if it is always the same. of says
// which one. Nothing comes back where there is no such answer.
func (e *Evaluation) baseline(m *Model, o EvaluateOptions) (measured []train.Value, of string) {
	c := *e
	switch {
	case m.Kind == labelled.Span:
		if !o.Squad.V2 {
			return nil, ""
		}
		of = "never an answer"
		c.Answers, c.NoAnswer = make([]squad.Prediction, len(e.Answers)), make([]float64, len(e.NoAnswer))
	case m.Kind == labelled.Tag:
		tag := outside(m.Labels)
		of = fmt.Sprintf("every word %q", tag)
		c.PredictedTags = make([][]string, len(e.GoldTags))
		for i, tags := range e.GoldTags {
			c.PredictedTags[i] = slices.Repeat([]string{tag}, len(tags))
		}
	case len(e.Truth) > 0:
		return e.meanBaseline()
	case len(e.Several) > 0:
		of = "for each label the more frequent answer"
		c.SeveralGuess = e.usual()
	default:
		truth, _ := e.Labelled()
		if len(truth) == 0 {
			return nil, ""
		}
		class := most(truth)
		of = fmt.Sprintf("always choice %d", class+1)
		if m.Labels != nil {
			of = fmt.Sprintf("always %q, the most frequent label", m.Labels.Names[class])
		}
		c.Predicted = slices.Repeat([]int{class}, len(e.Predicted))
	}
	measured, err := c.measure(m, o)
	if err != nil {
		return nil, ""
	}
	return measured, of
}

// meanBaseline always answers with the mean: it correlates with nothing.
func (e *Evaluation) meanBaseline() (measured []train.Value, of string) {
	truth, guess := numbers(e.Truth, e.Guess)
	if len(truth) == 0 {
		return nil, ""
	}
	mean := 0.0
	for _, x := range truth {
		mean += x / float64(len(truth))
	}
	for i := range guess {
		guess[i] = mean
	}
	measured = []train.Value{{Name: "pearson"}, {Name: "spearmanr"}, {Name: "pearson_spearmanr"}}
	if v, err := metrics.MSE(truth, guess); err == nil {
		measured = append(measured, train.Value{Name: "mse", Value: v}, train.Value{Name: "loss", Value: v})
	}
	if v, err := metrics.MAE(truth, guess); err == nil {
		measured = append(measured, train.Value{Name: "mae", Value: v})
	}
	return measured, fmt.Sprintf("always the mean, %.3g", mean)
}

// usual gives every example the labels that more than half of all have.
func (e *Evaluation) usual() [][]int {
	counts := make([]int, len(e.Several[0]))
	for _, row := range e.Several {
		for k, x := range row {
			counts[k] += x
		}
	}
	row := make([]int, len(counts))
	for k, n := range counts {
		if 2*n > len(e.Several) {
			row[k] = 1
		}
	}
	return slices.Repeat([][]int{row}, len(e.Several))
}

// most is the class that occurs most often; the first of several.
func most(classes []int) int {
	counts := map[int]int{}
	best := 0
	for _, c := range classes {
		counts[c]++
	}
	for _, c := range slices.Sorted(slices.Values(classes)) {
		if counts[c] > counts[best] {
			best = c
		}
	}
	return best
}
