package task

import (
	"slices"
	"strconv"
	"strings"

	"gobert/data/labelled"
	"gobert/data/labelled/squad"
	"gobert/internal/metrics"
	"gobert/train"
)

// answers are results of questions.
type answers struct {
	squad squad.Settings

	questions   []metrics.Question // with their right answers
	predictions []squad.Prediction
}

func (r *answers) Add(_ *Model, s *Scored) {
	q := metrics.Question{ID: s.Example.ID}
	if q.ID == "" {
		q.ID = strconv.Itoa(len(r.questions) + 1)
	}
	for _, a := range s.Example.Answers {
		q.Answers = append(q.Answers, a.Text)
	}
	r.questions, r.predictions = append(r.questions, q), append(r.predictions, answer(s, r.squad))
}

func (r *answers) Measure() ([]train.Value, error) {
	predictions, none := map[string]string{}, map[string]float64{}
	for i, q := range r.questions {
		predictions[q.ID], none[q.ID] = r.predictions[i].Text, r.predictions[i].NullOdds
	}
	if r.squad.V2 {
		return metrics.SQuAD2(r.questions, predictions, none, r.squad.NullThreshold)
	}
	return metrics.SQuAD1(r.questions, predictions)
}

// baseline never answers, where that may be right.
func (r *answers) Baseline() (measured []train.Value, of string) {
	if !r.squad.V2 {
		return nil, ""
	}
	never := *r
	never.predictions = make([]squad.Prediction, len(r.predictions))
	return measuredOr(&never, "never an answer")
}

func (r *answers) Intervals(o BootstrapOptions, has func(name string) bool) map[string]Interval {
	var exact, f1 []float64 // of each question, in per cent
	for i, q := range r.questions {
		s := q.Score2(r.predictions[i].Text)
		exact, f1 = append(exact, 100*s.Exact), append(f1, 100*s.F1)
	}
	out := map[string]Interval{}
	for name, scores := range map[string][]float64{"exact_match": exact, "exact": exact, "f1": f1} {
		if has(name) {
			out[name] = metrics.BootstrapMean(scores, o)
		}
	}
	return out
}

func (r *answers) Table() string { return "" }

func (r *answers) Classes() ([]string, []Row, Confusion) { return nil, nil, nil }

func (r *answers) Mistake(i int, e *labelled.Example, m *Mistake) bool {
	p := r.predictions[i]
	m.Input, m.Predicted = e.Text, p.Text
	right := slices.Sorted(slices.Values(r.questions[i].Answers)) // Annotators agree more often than not.
	m.Label = strings.Join(slices.Compact(right), " | ")
	if len(p.Best) > 0 {
		m.Confidence, m.Sense = p.Best[0].Probability, probability
	}
	return r.questions[i].Score2(p.Text).Exact == 0
}
