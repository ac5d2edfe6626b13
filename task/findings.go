package task

import (
	"math"
	"strings"

	"gobert/data/labelled"
	"gobert/internal/metrics"
)

// Findings are what an evaluation tells, small enough to be kept.
type Findings struct {
	Kind      labelled.Kind    `json:"kind"`
	Problem   labelled.Problem `json:"problem,omitempty"`
	Train     int              `json:"train_examples,omitempty"`
	Examples  int              `json:"examples"`
	Seen      int              `json:"examples_in_train_too,omitempty"`
	Device    string           `json:"device,omitempty"`
	Measures  []Compared       `json:"measures"`
	Baseline  string           `json:"baseline,omitempty"` // what the baseline answers
	Labels    []string         `json:"labels,omitempty"`
	Confusion [][]int          `json:"confusion,omitempty"`
	Classes   []metrics.Row    `json:"classes,omitempty"`
	Errors    []Fault          `json:"errors,omitempty"`
	Texts     []string         `json:"texts,omitempty"` // a few, pairs as "A [SEP] B"
}

// Compared is a measure beside the baseline's.
type Compared struct {
	Name     string   `json:"name"`
	Value    float64  `json:"value"`
	Baseline *float64 `json:"baseline,omitempty"`
}

// PairMark stands between the texts of a pair.
const PairMark = " [SEP] "

// MostLabels fit a confusion matrix on a page.
const MostLabels = 40

const (
	keptErrors = 20
	keptTexts  = 12
	longText   = 240 // characters: more would not fit the attention view
)

// Findings gathers them.
func (e *Evaluation) Findings(m *Model, o EvaluateOptions) Findings {
	f := Findings{Kind: m.Kind, Problem: m.Problem(), Examples: e.Examples, Device: m.Device.String(), Errors: e.Errors(m, keptErrors)}
	base, of := e.baseline(m, o)
	f.Baseline = of
	for _, v := range e.Values {
		if math.IsNaN(v.Value) || math.IsInf(v.Value, 0) {
			continue // JSON has no name for it, and a reader no use
		}
		c := Compared{Name: v.Name, Value: v.Value}
		for _, b := range base {
			if b.Name == v.Name && !math.IsNaN(b.Value) && !math.IsInf(b.Value, 0) {
				c.Baseline = &b.Value
			}
		}
		f.Measures = append(f.Measures, c)
	}
	e.perClass(m, &f)
	for i := range min(e.Examples, keptTexts) {
		x := &e.Set.Examples[i*e.Examples/min(e.Examples, keptTexts)]
		text := x.Text
		if len(x.Words) > 0 {
			text = strings.Join(x.Words, " ")
		}
		if x.HasPair {
			text += PairMark + x.Pair
		}
		if len(text) <= longText {
			f.Texts = append(f.Texts, text)
		}
	}
	return f
}

// perClass fills in the confusion matrix and the measures of each class.
func (e *Evaluation) perClass(m *Model, f *Findings) {
	switch {
	case m.Kind == labelled.Tag:
		if r, err := metrics.Entities(e.GoldTags, e.PredictedTags); err == nil {
			for i, kind := range r.Types {
				f.Classes = append(f.Classes, metrics.Row{Name: kind, Scores: r.PerType[i]})
			}
		}
	case len(e.Several) > 0:
		if r, err := metrics.NewMultilabel(yes(e.Several), yes(e.SeveralGuess), m.Labels.Len()); err == nil {
			for i, label := range m.Labels.Names {
				f.Classes = append(f.Classes, metrics.Row{Name: label, Scores: r.Class(i)})
			}
		}
	case m.Kind == labelled.Classify && len(e.Gold) > 0:
		truth, guess := e.Labelled()
		c, err := metrics.NewConfusion(truth, guess, m.Labels.Len())
		if err != nil || len(truth) == 0 {
			return
		}
		if f.Labels = m.Labels.Names; len(c) <= MostLabels {
			f.Confusion = c // The page shows no greater one, and its file would grow with the square.
		}
		scores := c.Classes()
		for _, i := range c.Present() {
			f.Classes = append(f.Classes, metrics.Row{Name: m.Labels.Names[i], Scores: scores[i]})
		}
	}
}
