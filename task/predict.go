package task

import (
	"math"
	"slices"
	"unicode/utf8"

	"gobert/data/labelled"
	"gobert/data/labelled/conll"
	"gobert/data/labelled/features"
	"gobert/data/labelled/squad"
)

// Prediction is what a model says about one example, as a line of JSON. Which fields are set depends on the task.
type Prediction struct {
	ID    string   `json:"id,omitempty"`
	Text  string   `json:"text,omitempty"`
	Pair  string   `json:"pair,omitempty"`
	Words []string `json:"words,omitempty"`
	Error string   `json:"error,omitempty"` // of a row that could not be used

	Label       string   `json:"label,omitempty"`
	Probability *float32 `json:"probability,omitempty"`
	Labels      []Chance `json:"labels,omitempty"` // several labels; or, asked for, all of them
	Value       *float32 `json:"value,omitempty"`  // of a regression
	Values      []Number `json:"values,omitempty"` // of one that gives several

	Tags     []string  `json:"tags,omitempty"` // one for each word
	Entities *[]Entity `json:"entities,omitempty"`

	Answer *string     `json:"answer,omitempty"`
	Score  *float32    `json:"score,omitempty"`
	Start  *int        `json:"start,omitempty"` // in characters of the context
	End    *int        `json:"end,omitempty"`
	Best   []Candidate `json:"best,omitempty"`

	Choice *int `json:"choice,omitempty"`

	Named squad.Named `json:"-"` // of a question, for SQuAD's files
}

// Chance is a label with its probability.
type Chance struct {
	Label       string  `json:"label"`
	Probability float32 `json:"probability"`
}

// Number is one of several that a regression gives.
type Number struct {
	Label string  `json:"label"`
	Value float32 `json:"value"`
}

// Entity is a span of a text; of words, First and Last are their numbers.
type Entity struct {
	Label string  `json:"label"`
	Score float32 `json:"score"`
	Word  string  `json:"word"`
	Start int     `json:"start"` // in characters
	End   int     `json:"end"`
}

// Candidate is a possible answer.
type Candidate struct {
	Answer string  `json:"answer"`
	Score  float32 `json:"score"`
}

// PredictOptions say how scores become predictions.
type PredictOptions struct {
	Top       int            // classify: give this many labels with their probabilities; 0: the best alone
	Threshold float64        // several labels: the least probability (0: one half)
	Strategy  conll.Strategy // tag
	Squad     squad.Settings // span
	Best      int            // span: candidates to give
}

// Scored is an example with its features' scores.
type Scored struct {
	Example labelled.Example
	Err     error           // of a row that cannot be used: nothing else is set then
	Batch   *features.Batch // its features alone
	Scores  *Outputs        // nil for an example that was left out: see pipeline.StreamFrom
}

// Predict turns an example's scores into a prediction.
func (m *Model) Predict(s *Scored, o PredictOptions) *Prediction {
	e := &s.Example
	p := &Prediction{ID: e.ID, Text: e.Text, Pair: e.Pair, Words: e.Words}
	if s.Err != nil {
		return &Prediction{ID: e.ID, Error: s.Err.Error()}
	}
	switch m.Kind {
	case labelled.Classify:
		m.predictLabel(p, s.Scores.Logits, o)
	case labelled.Choice:
		m.predictChoice(p, s)
	case labelled.Tag:
		m.predictTags(p, s, o)
	case labelled.Span:
		m.predictAnswer(p, s, o)
	}
	return p
}

func (m *Model) predictLabel(p *Prediction, logits []float32, o PredictOptions) {
	switch m.Labels.Problem {
	case labelled.Regression:
		if len(logits) == 1 {
			value := m.value(logits[0])
			p.Value = &value
			return
		}
		for i, x := range logits {
			p.Values = append(p.Values, Number{m.Labels.Names[i], x})
		}
		return
	case labelled.Multi:
		least := o.Threshold
		if least == 0 {
			least = 0.5
		}
		p.Labels = []Chance{}
		for i, x := range logits {
			if chance := 1 / (1 + math.Exp(-float64(x))); chance > least || o.Top > 0 {
				p.Labels = append(p.Labels, Chance{m.Labels.Names[i], float32(chance)})
			}
		}
	default:
		chances := Softmax(logits)
		best := argmax(logits)
		probability := float32(chances[best])
		p.Label, p.Probability = m.Labels.Names[best], &probability
		if o.Top == 0 {
			return
		}
		for i, chance := range chances {
			p.Labels = append(p.Labels, Chance{m.Labels.Names[i], float32(chance)})
		}
	}
	if o.Top > 0 {
		slices.SortStableFunc(p.Labels, func(a, b Chance) int {
			switch {
			case a.Probability > b.Probability:
				return -1
			case a.Probability < b.Probability:
				return 1
			}
			return 0
		})
		p.Labels = p.Labels[:min(o.Top, len(p.Labels))]
	}
}

func (m *Model) predictChoice(p *Prediction, s *Scored) {
	chances := Softmax(s.Scores.Logits)
	best := argmax(s.Scores.Logits)
	probability := float32(chances[best])
	p.Choice, p.Probability, p.Label = &best, &probability, s.Example.Choices[best]
}

// predictAnswer finds the answer in all windows of the context.
func (m *Model) predictAnswer(p *Prediction, s *Scored, o PredictOptions) {
	var windows []squad.Window
	for f := range s.Batch.Len() {
		windows = append(windows, window(s.Batch, s.Scores, f))
	}
	found := squad.Predict(s.Example.Pair, windows, o.Squad)
	p.Named = squad.Named{ID: s.Example.ID, Prediction: found}
	p.Answer = &found.Text
	for _, c := range found.Best {
		if c.Text == found.Text {
			score := float32(c.Probability)
			start, end := characters(s.Example.Pair, c.Start), characters(s.Example.Pair, c.End)
			p.Score, p.Start, p.End = &score, &start, &end
			break
		}
	}
	for _, c := range found.Best[:min(o.Best, len(found.Best))] {
		p.Best = append(p.Best, Candidate{c.Text, float32(c.Probability)})
	}
}

// characters turns a byte offset into a number of characters.
func characters(text string, offset int) int {
	return utf8.RuneCountInString(text[:min(offset, len(text))])
}
