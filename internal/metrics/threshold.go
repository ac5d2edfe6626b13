package metrics

import (
	"cmp"
	"slices"
)

// optimum is the best score in per cent, and the threshold that gives it.
type optimum struct{ score, at float64 }

// bestThreshold tries every probability of no answer as the threshold. It begins with all questions left unanswered and
// answers them one after another, the surest first: an answer adds its score, or costs what silence had earned. As in
// evaluate-v2.0.py the threshold starts at 0, and equal probabilities come in the order of the questions.
func bestThreshold(questions []Question, predictions map[string]string, noAnswer map[string]float64, score func(i int) float64) optimum {
	order := make([]int, len(questions))
	var current float64
	for i, q := range questions {
		order[i] = i
		if len(q.Answers) == 0 {
			current++
		}
	}
	slices.SortStableFunc(order, func(i, j int) int {
		return cmp.Compare(noAnswer[questions[i].ID], noAnswer[questions[j].ID])
	})
	top := optimum{score: current}
	for _, i := range order {
		q := questions[i]
		switch {
		case len(q.Answers) > 0:
			current += score(i)
		case predictions[q.ID] != "":
			current--
		}
		if current > top.score {
			top = optimum{current, noAnswer[q.ID]}
		}
	}
	top.score = 100 * top.score / float64(len(questions))
	return top
}
