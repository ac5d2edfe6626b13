package metrics

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"gobert/internal/fault"
)

// Value is one named number.
type Value struct {
	Name  string
	Value float64
}

// Question is a question of SQuAD and its right answers; none: it cannot be answered.
type Question struct {
	ID      string
	Answers []string
}

// Score2 compares an answer with a question's as evaluate-v2.0.py does: the empty answer is right where there is none.
func (q Question) Score2(predicted string) AnswerScore {
	var right []string
	for _, a := range q.Answers {
		if len(answerWords(a)) > 0 {
			right = append(right, a)
		}
	}
	if len(right) == 0 {
		right = []string{""}
	}
	return best(predicted, right, true)
}

// SQuAD1 is evaluate-v1.1.py: exact_match and f1 in per cent. A question without a prediction scores 0.
func SQuAD1(questions []Question, predictions map[string]string) ([]Value, error) {
	if len(questions) == 0 {
		return nil, errors.New("metrics: there are no questions")
	}
	var exact, f1 float64
	for _, q := range questions {
		predicted, ok := predictions[q.ID]
		switch {
		case ok && len(q.Answers) == 0:
			return nil, fault.New("metrics: question %s has no answer", q.ID).Advise("is this SQuAD 2.0?")
		case ok:
			s := best(predicted, q.Answers, false)
			exact += s.Exact
			f1 += s.F1
		}
	}
	n := float64(len(questions))
	return []Value{{"exact_match", 100 * exact / n}, {"f1", 100 * f1 / n}}, nil
}

// SQuAD2 is evaluate-v2.0.py: exact, f1 and total over all questions, over those that have an answer (HasAns_) and those
// that have none (NoAns_), in per cent. noAnswer holds how probable (or how much more likely, on whatever scale) it is that
// a question has no answer; above the threshold its prediction counts as empty. With it come the best thresholds; without
// it (nil) predictions count as they are. Every question needs a prediction.
func SQuAD2(questions []Question, predictions map[string]string, noAnswer map[string]float64, threshold float64) ([]Value, error) {
	var faults []error
	fault := func(format string, args ...any) {
		if len(faults) < 10 {
			faults = append(faults, fmt.Errorf("metrics: "+format, args...))
		}
	}
	scores := make([]AnswerScore, len(questions))
	for i, q := range questions {
		predicted, ok := predictions[q.ID]
		if !ok {
			fault("question %s has no prediction", q.ID)
		}
		if _, ok := noAnswer[q.ID]; noAnswer != nil && !ok {
			fault("question %s has no probability of having no answer", q.ID)
		}
		scores[i] = q.Score2(predicted)
	}
	if len(questions) == 0 {
		fault("there are no questions")
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	parts := [3]part{{prefix: ""}, {prefix: "HasAns_"}, {prefix: "NoAns_"}}
	for i, q := range questions {
		s, group := scores[i], 1
		if len(q.Answers) == 0 {
			group = 2
		}
		if noAnswer[q.ID] > threshold {
			s = AnswerScore{}
			if group == 2 {
				s = AnswerScore{1, 1}
			}
		}
		parts[0].add(s)
		parts[group].add(s)
	}
	var values []Value
	for _, p := range parts {
		if p.total > 0 {
			values = append(values, p.values()...)
		}
	}
	if noAnswer == nil {
		return values, nil
	}
	exact := bestThreshold(questions, predictions, noAnswer, func(i int) float64 { return scores[i].Exact })
	f1 := bestThreshold(questions, predictions, noAnswer, func(i int) float64 { return scores[i].F1 })
	return append(
		values,
		Value{"best_exact", exact.score}, Value{"best_exact_thresh", exact.at},
		Value{"best_f1", f1.score}, Value{"best_f1_thresh", f1.at},
	), nil
}

// part adds up scores of some questions.
type part struct {
	prefix    string
	exact, f1 float64
	total     int
}

func (p *part) add(s AnswerScore) {
	p.exact += s.Exact
	p.f1 += s.F1
	p.total++
}

func (p *part) values() []Value {
	n := float64(p.total)
	return []Value{{p.prefix + "exact", 100 * p.exact / n}, {p.prefix + "f1", 100 * p.f1 / n}, {p.prefix + "total", n}}
}

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
