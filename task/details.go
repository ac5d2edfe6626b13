package task

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gobert/data/labelled"
	"gobert/internal/report"
)

// Mistake is an example that the model gets wrong.
type Mistake struct {
	Where      string  `json:"where"`
	Input      string  `json:"text"`
	Label      string  `json:"label"`
	Predicted  string  `json:"predicted"`
	Confidence float64 `json:"confidence"` // of the wrong prediction; for numbers how far off; for sentences words that are wrong
	Sense      string  `json:"-"`          // what Confidence says; empty: nothing
}

// probability is the sense of most confidences.
const probability = "probability"

// Text is the mistake for people.
func (m Mistake) Text(number int) string {
	sure := ""
	if m.Sense != "" {
		sure = fmt.Sprintf(" (%s %.4g)", m.Sense, m.Confidence)
	}
	return fmt.Sprintf("%d. %s\n   %s\n   true:      %s\n   predicted: %s%s\n", number, m.Where, m.Input, m.Label, m.Predicted, sure)
}

// Mistakes lists the n worst, the surest first.
func (e *Evaluation) Mistakes(n int) (list []Mistake) {
	if n <= 0 {
		return nil
	}
	for i := range e.set.Examples {
		x := &e.set.Examples[i]
		m := Mistake{Where: x.Origin.String(), Input: x.Text}
		if x.HasPair {
			m.Input += "\n   " + x.Pair
		}
		if e.results.Mistake(i, x, &m) {
			list = append(list, m)
		}
	}
	slices.SortStableFunc(list, func(a, b Mistake) int { return cmp.Compare(b.Confidence, a.Confidence) })
	return list[:min(n, len(list))]
}

// Draw writes the confusion matrix and the calibration of single labels as pictures into a folder.
func (e *Evaluation) Draw(folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("task: %w", err)
	}
	labels, _, confusion := e.results.Classes()
	if confusion == nil {
		return nil
	}
	if err := report.Draw(filepath.Join(folder, "confusion.png"), report.Confusion{Labels: labels, Counts: confusion}); err != nil {
		return err
	}
	k, ok := e.results.(*picks).calibration()
	if !ok {
		return nil
	}
	return report.Draw(filepath.Join(folder, "calibration.png"), report.Reliability{Bins: k.Bins, Error: k.ECE})
}

// Summary is everything as JSON.
func (e *Evaluation) Summary(intervals map[string]Interval, mistakes []Mistake) any {
	type interval struct{ Low, High float64 }
	s := struct {
		Model     string              `json:"model"`
		Examples  int                 `json:"examples"`
		Seconds   float64             `json:"seconds"`
		Metrics   map[string]float64  `json:"metrics"`
		Intervals map[string]interval `json:"intervals,omitempty"`
		Labels    []string            `json:"labels,omitempty"`
		Confusion [][]int             `json:"confusion,omitempty"`
		Errors    []Mistake           `json:"errors,omitempty"`
	}{Model: e.model.Folder, Examples: e.Examples, Seconds: e.Seconds, Metrics: map[string]float64{}, Intervals: map[string]interval{}, Errors: mistakes}
	for _, v := range e.Values {
		s.Metrics[v.Name] = v.Value
	}
	for name, i := range intervals {
		s.Intervals[name] = interval(i)
	}
	s.Labels, _, s.Confusion = e.results.Classes()
	return s
}

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
	Classes   []Row            `json:"classes,omitempty"`
	Errors    []Mistake        `json:"errors,omitempty"`
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
	keptMistakes = 20
	keptTexts    = 12
	longText     = 240 // characters: more would not fit the attention view
)

// Findings gathers them.
func (e *Evaluation) Findings() Findings {
	f := Findings{Kind: e.model.Kind.Facts().Name, Problem: e.model.Problem(), Examples: e.Examples, Device: e.model.Device.String(), Errors: e.Mistakes(keptMistakes)}
	base, of := e.results.Baseline()
	f.Baseline = of
	finite := func(x float64) bool { return x-x == 0 } // JSON has no name for others, and a reader no use
	for _, v := range e.Values {
		if !finite(v.Value) {
			continue
		}
		c := Compared{Name: v.Name, Value: v.Value}
		for _, b := range base {
			if b.Name == v.Name && finite(b.Value) {
				c.Baseline = &b.Value
			}
		}
		f.Measures = append(f.Measures, c)
	}
	f.Labels, f.Classes, f.Confusion = e.results.Classes()
	if len(f.Confusion) > MostLabels {
		f.Confusion = nil // The page shows no greater one, and its file would grow with the square.
	}
	for i := range min(e.Examples, keptTexts) {
		x := &e.set.Examples[i*e.Examples/min(e.Examples, keptTexts)]
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
