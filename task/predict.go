package task

import (
	"gobert/data/labelled"
	"gobert/data/labelled/conll"
	"gobert/data/labelled/features"
	"gobert/data/labelled/squad"
)

// Scored is an example with its scores: those of its features, which lie in a batch from First up to End.
type Scored struct {
	Example labelled.Example
	Err     error // of a row that cannot be used: nothing else is set then

	Batch      *features.Batch // nil for an example that was left out
	First, End int
	Rows       []float32 // [rows,Width] of these features
	Width      int
}

// row is one of the example's rows.
func (s *Scored) row(i int) []float32 { return s.Rows[i*s.Width : (i+1)*s.Width] }

// token is the row of a token of the batch, where each has one.
func (s *Scored) token(i int32) []float32 { return s.row(int(i - s.Batch.Offsets[s.First])) }

// Decoding says how scores become predictions.
type Decoding struct {
	Top       int            // classify: give this many labels with their probabilities; 0: the best alone
	Threshold float64        // several labels: the least probability (0: one half)
	Strategy  conll.Strategy // tag
	Squad     squad.Settings // span
	Best      int            // span: candidates to give
}

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

// Entity is a span of a text.
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

// Predict turns an example's scores into a prediction.
func (m *Model) Predict(s *Scored, o Decoding) *Prediction {
	e := &s.Example
	if s.Err != nil {
		return &Prediction{ID: e.ID, Error: s.Err.Error()}
	}
	p := &Prediction{ID: e.ID, Text: e.Text, Pair: e.Pair, Words: e.Words}
	m.Kind.Predict(m, s, p, o)
	return p
}
