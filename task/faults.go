package task

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"gobert/data/labelled"
	"gobert/data/labelled/conll"
	"gobert/internal/metrics"
)

// Fault is an example that the model gets wrong.
type Fault struct {
	Where string  `json:"where"`
	Input string  `json:"text"`
	Want  string  `json:"label"`
	Got   string  `json:"predicted"`
	Sure  float64 `json:"confidence"` // of the wrong prediction; for numbers how far off; for sentences words that are wrong

	sense string // what Sure says; empty: nothing
}

// Text is the fault for people.
func (f Fault) Text(number int) string {
	sure := ""
	if f.sense != "" {
		sure = fmt.Sprintf(" (%s %.4g)", f.sense, f.Sure)
	}
	return fmt.Sprintf("%d. %s\n   %s\n   true:      %s\n   predicted: %s%s\n", number, f.Where, f.Input, f.Want, f.Got, sure)
}

// Errors lists the n worst errors, the surest first.
func (e *Evaluation) Errors(m *Model, n int) []Fault {
	if n <= 0 {
		return nil
	}
	var list []Fault
	entities := conll.Detect(e.GoldTags) != conll.Plain
	for i := range e.Set.Examples {
		if f, wrong := e.fault(m, i, entities); wrong {
			f.Where = e.Set.Examples[i].Origin.String()
			list = append(list, f)
		}
	}
	slices.SortStableFunc(list, func(a, b Fault) int { return cmp.Compare(b.Sure, a.Sure) })
	return list[:min(n, len(list))]
}

func (e *Evaluation) fault(m *Model, i int, entities bool) (Fault, bool) {
	x := &e.Set.Examples[i]
	f := Fault{Input: x.Text}
	if x.HasPair {
		f.Input += "\n   " + x.Pair
	}
	switch {
	case m.Kind == labelled.Tag:
		return tagFault(x.Words, e.TaggedWords[i], e.GoldTags[i], e.PredictedTags[i], entities)
	case m.Kind == labelled.Span:
		q := metrics.Question{}
		for _, a := range x.Answers {
			q.Answers = append(q.Answers, a.Text)
		}
		s := q.Score2(e.Answers[i].Text)
		f.Input, f.Got = x.Text, e.Answers[i].Text
		slices.Sort(q.Answers) // Annotators agree more often than not.
		f.Want = strings.Join(slices.Compact(q.Answers), " | ")
		if len(e.Answers[i].Best) > 0 {
			f.Sure, f.sense = e.Answers[i].Best[0].Probability, probability
		}
		return f, s.Exact == 0
	case len(e.Truth) > 0:
		f.Want, f.Got = strconv.FormatFloat(float64(e.Truth[i]), 'g', -1, 32), fmt.Sprintf("%.3f", e.Guess[i])
		f.Sure, f.sense = math.Abs(e.Truth[i]-e.Guess[i]), "off by"
		return f, f.Sure > 0.5
	case len(e.Several) > 0:
		f.Want, f.Got = m.names(e.Several[i]), m.names(e.SeveralGuess[i])
		return f, f.Want != f.Got
	case m.Kind == labelled.Choice:
		if e.Gold[i] < 0 {
			return f, false
		}
		f.Want, f.Got = x.Choices[e.Gold[i]], x.Choices[e.Predicted[i]]
	default:
		if e.Gold[i] < 0 {
			return f, false
		}
		f.Want, f.Got = m.Labels.Names[e.Gold[i]], m.Labels.Names[e.Predicted[i]]
	}
	f.Sure, f.sense = Softmax(e.Scores.Row(i))[e.Predicted[i]], probability
	return f, e.Gold[i] != e.Predicted[i]
}

// probability is the sense of most faults' Sure.
const probability = "probability"

func (m *Model) names(flags []int) string {
	var list []string
	for i, on := range flags {
		if on != 0 {
			list = append(list, m.Labels.Names[i])
		}
	}
	return "[" + strings.Join(list, ", ") + "]"
}
