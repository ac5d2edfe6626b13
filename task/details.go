package task

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"gobert/data/labelled"
	"gobert/data/labelled/squad"
	"gobert/internal/metrics"
	"gobert/internal/report"
)

// Intervals are bootstrapped 95 % intervals of the measures that are worth one.
func (e *Evaluation) Intervals(o metrics.BootstrapOptions) map[string]metrics.Interval {
	out := map[string]metrics.Interval{}
	has := func(name string) bool { _, ok := e.Value(name); return ok }
	truth, guess := e.Labelled()
	if len(truth) > 0 {
		for name, of := range map[string]func(metrics.Confusion) float64{
			"accuracy": metrics.Confusion.Accuracy, "matthews_correlation": metrics.Confusion.Matthews,
			"f1":       func(c metrics.Confusion) float64 { return c.Class(1).F1 },
			"f1_macro": func(c metrics.Confusion) float64 { return c.Average(metrics.Macro).F1 },
		} {
			if !has(name) {
				continue
			}
			if i, err := metrics.BootstrapClasses(truth, guess, e.Scores.Width, o, of); err == nil {
				out[name] = i
			}
		}
	}
	if len(e.Truth) > 0 {
		a, b := numbers(e.Truth, e.Guess)
		for name, of := range map[string]func(x, y []float64) (float64, error){"pearson": metrics.Pearson, "spearmanr": metrics.Spearman} {
			x, y := make([]float64, len(a)), make([]float64, len(a))
			out[name] = metrics.Bootstrap(len(a), o, func(drawn []int) float64 {
				for i, k := range drawn {
					x[i], y[i] = a[k], b[k]
				}
				v, _ := of(x, y)
				return v
			})
		}
	}
	if len(e.GoldTags) > 0 {
		if i, err := metrics.BootstrapEntities(e.GoldTags, e.PredictedTags, o); err == nil {
			out["f1"] = i
		}
	}
	if len(e.Answers) > 0 {
		exact, f1 := e.questionScores()
		for name, scores := range map[string][]float64{"exact_match": exact, "exact": exact, "f1": f1} {
			if has(name) {
				out[name] = metrics.BootstrapMean(scores, o)
			}
		}
	}
	return out
}

// questionScores are exact match and F1 of each question, in per cent.
func (e *Evaluation) questionScores() (exact, f1 []float64) {
	questions, predictions, _ := e.Questions()
	for _, q := range questions {
		s := q.Score2(predictions[q.ID])
		exact, f1 = append(exact, 100*s.Exact), append(f1, 100*s.F1)
	}
	return exact, f1
}

// Table is the measures of each class, the confusion matrix, and how well the model knows what it knows.
func (e *Evaluation) Table(m *Model) string {
	var b strings.Builder
	switch {
	case m.Kind == labelled.Tag:
		if r, err := metrics.Entities(e.GoldTags, e.PredictedTags); err == nil {
			fmt.Fprintf(&b, "entities as seqeval counts them\n%s", r.Table())
		}
		if r, scheme, err := metrics.StrictEntities(e.GoldTags, e.PredictedTags); err == nil {
			fmt.Fprintf(&b, "\nstrictly %s: precision %.4f, recall %.4f, F1 %.4f\n", scheme, r.Micro.Precision, r.Micro.Recall, r.Micro.F1)
		}
		if r, err := metrics.Conlleval(e.GoldTags, e.PredictedTags); err == nil {
			fmt.Fprintf(&b, "\nas conlleval prints it\n%s", r.String())
		}
	case len(e.Several) > 0:
		if r, err := metrics.NewMultilabel(yes(e.Several), yes(e.SeveralGuess), m.Labels.Len()); err == nil {
			b.WriteString(r.Table(m.Labels.Names))
		}
	case m.Kind == labelled.Classify && len(e.Gold) > 0:
		truth, guess := e.Labelled()
		if c, err := metrics.NewConfusion(truth, guess, m.Labels.Len()); err == nil {
			fmt.Fprintf(&b, "%s\nrows are labels, columns predictions\n%s", c.Table(m.Labels.Names), c.Text(m.Labels.Names))
		}
		if c, ok := e.calibration(); ok {
			fmt.Fprintf(&b, "\ncalibration: expected error %.4f (mean confidence less accuracy, over %d bins)\n", c.ECE, len(c.Bins))
		}
	}
	return b.String()
}

// calibration compares how sure the model is with how often it is right.
func (e *Evaluation) calibration() (metrics.Calibration, bool) {
	var sure []float64
	var right []bool
	for i, class := range e.Gold {
		if class >= 0 {
			sure, right = append(sure, Softmax(e.Scores.Row(i))[e.Predicted[i]]), append(right, e.Predicted[i] == class)
		}
	}
	c, err := metrics.Calibrate(sure, right, calibrationBins)
	return c, err == nil && len(sure) > 0
}

// calibrationBins is how finely confidence is divided.
const calibrationBins = 10

// Draw writes the confusion matrix and the calibration as pictures into a folder.
func (e *Evaluation) Draw(m *Model, folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("task: %w", err)
	}
	truth, guess := e.Labelled()
	if m.Kind != labelled.Classify || len(truth) == 0 {
		return nil
	}
	c, err := metrics.NewConfusion(truth, guess, m.Labels.Len())
	if err != nil {
		return err
	}
	if err := report.Draw(filepath.Join(folder, "confusion.png"), report.Confusion{Labels: m.Labels.Names, Counts: c}); err != nil {
		return err
	}
	k, ok := e.calibration()
	if !ok {
		return nil
	}
	return report.Draw(filepath.Join(folder, "calibration.png"), report.Reliability{Bins: k.Bins, Error: k.ECE})
}

// Named are the answers under their questions' identifiers.
func (e *Evaluation) Named() (all []squad.Named) {
	for i := range e.Answers {
		all = append(all, squad.Named{ID: questionID(&e.Set.Examples[i], i), Prediction: e.Answers[i]})
	}
	return all
}

// Summary is everything as JSON.
func (e *Evaluation) Summary(m *Model, intervals map[string]metrics.Interval, faults []Fault) any {
	type interval struct{ Low, High float64 }
	s := struct {
		Model     string              `json:"model"`
		Examples  int                 `json:"examples"`
		Seconds   float64             `json:"seconds"`
		Metrics   map[string]float64  `json:"metrics"`
		Intervals map[string]interval `json:"intervals,omitempty"`
		Labels    []string            `json:"labels,omitempty"`
		Confusion [][]int             `json:"confusion,omitempty"`
		Errors    []Fault             `json:"errors,omitempty"`
	}{Model: m.Folder, Examples: e.Examples, Seconds: e.Seconds, Metrics: map[string]float64{}, Intervals: map[string]interval{}, Errors: faults}
	for _, v := range e.Values {
		s.Metrics[v.Name] = v.Value
	}
	for name, i := range intervals {
		s.Intervals[name] = interval(i)
	}
	if truth, guess := e.Labelled(); m.Kind == labelled.Classify && len(truth) > 0 {
		s.Labels = m.Labels.Names
		if c, err := metrics.NewConfusion(truth, guess, m.Labels.Len()); err == nil {
			s.Confusion = c
		}
	}
	return s
}
