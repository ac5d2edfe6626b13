package task

import (
	"fmt"
	"slices"
	"strings"

	"gobert/data/labelled"
	"gobert/internal/metrics"
	"gobert/train"
)

// picks are results where one of several is right: a label, or a choice.
type picks struct {
	task  string   // GLUE's name, for its own measures
	names []string // of the labels; nil for choices, whose number means nothing
	width int      // labels, or choices

	labels, predictions []int // -1: unlabelled
	sure                []float64
}

func (r *picks) Add(_ *Model, s *Scored) {
	row := s.row(0)
	best, chances := pick(row)
	r.width = len(row)
	r.labels, r.predictions, r.sure = append(r.labels, int(s.Batch.Classes[s.First])), append(r.predictions, best), append(r.sure, chances[best])
}

// labelled are the classes of the examples that have one, and what was predicted for them.
func (r *picks) labelled() (labels, predictions []int) {
	for i, class := range r.labels {
		if class >= 0 {
			labels, predictions = append(labels, class), append(predictions, r.predictions[i])
		}
	}
	return labels, predictions
}

func (r *picks) Measure() ([]train.Value, error) {
	labels, predictions := r.labelled()
	if len(labels) == 0 {
		return nil, nil
	}
	c, err := metrics.NewConfusion(labels, predictions, r.width)
	if err != nil {
		return nil, err
	}
	out := []train.Value{{Name: "accuracy", Value: c.Accuracy()}}
	if r.names == nil {
		return out, nil
	}
	if len(c) == 2 {
		one := c.Class(1)
		out = append(out, train.Value{Name: "precision", Value: one.Precision}, train.Value{Name: "recall", Value: one.Recall}, train.Value{Name: "f1", Value: one.F1})
	}
	macro := c.Average(metrics.Macro)
	out = append(out, train.Value{Name: "precision_macro", Value: macro.Precision}, train.Value{Name: "recall_macro", Value: macro.Recall},
		train.Value{Name: "f1_macro", Value: macro.F1}, train.Value{Name: "f1_weighted", Value: c.Average(metrics.Weighted).F1},
		train.Value{Name: "matthews_correlation", Value: c.Matthews()})
	return official(r.task, labelled.Single, len(r.names), out), nil
}

func (r *picks) Baseline() (measured []train.Value, of string) {
	labels, _ := r.labelled()
	if len(labels) == 0 {
		return nil, ""
	}
	class := most(labels)
	of = fmt.Sprintf("always choice %d", class+1)
	if r.names != nil {
		of = fmt.Sprintf("always %q, the most frequent label", r.names[class])
	}
	always := *r
	always.predictions = slices.Repeat([]int{class}, len(r.predictions))
	return measuredOr(&always, of)
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

func (r *picks) Intervals(o BootstrapOptions, has func(name string) bool) map[string]Interval {
	out := map[string]Interval{}
	labels, predictions := r.labelled()
	for name, of := range map[string]func(metrics.Confusion) float64{
		"accuracy": metrics.Confusion.Accuracy, "matthews_correlation": metrics.Confusion.Matthews,
		"f1":       func(c metrics.Confusion) float64 { return c.Class(1).F1 },
		"f1_macro": func(c metrics.Confusion) float64 { return c.Average(metrics.Macro).F1 },
	} {
		if !has(name) {
			continue
		}
		if i, err := metrics.BootstrapClasses(labels, predictions, r.width, o, of); err == nil {
			out[name] = i
		}
	}
	return out
}

// confusion counts labels against predictions; nil where there are no labels with names.
func (r *picks) confusion() metrics.Confusion {
	labels, predictions := r.labelled()
	if len(labels) == 0 || r.names == nil {
		return nil
	}
	c, err := metrics.NewConfusion(labels, predictions, len(r.names))
	if err != nil {
		return nil
	}
	return c
}

func (r *picks) Table() string {
	var b strings.Builder
	if r.names == nil {
		return ""
	}
	if c := r.confusion(); c != nil {
		fmt.Fprintf(&b, "%s\nrows are labels, columns predictions\n%s", c.Table(r.names), c.Text(r.names))
	}
	if c, ok := r.calibration(); ok {
		fmt.Fprintf(&b, "\ncalibration: expected error %.4f (mean confidence less accuracy, over %d bins)\n", c.ECE, len(c.Bins))
	}
	return b.String()
}

// calibrationBins is how finely confidence is divided.
const calibrationBins = 10

// calibration compares how sure the model is with how often it is right.
func (r *picks) calibration() (metrics.Calibration, bool) {
	var sure []float64
	var right []bool
	for i, class := range r.labels {
		if class >= 0 {
			sure, right = append(sure, r.sure[i]), append(right, r.predictions[i] == class)
		}
	}
	c, err := metrics.Calibrate(sure, right, calibrationBins)
	return c, err == nil && len(sure) > 0
}

func (r *picks) Classes() (labels []string, rows []Row, c Confusion) {
	if c = r.confusion(); c == nil {
		return nil, nil, nil
	}
	return r.names, c.Rows(r.names), c
}

func (r *picks) Mistake(i int, e *labelled.Example, m *Mistake) bool {
	names := r.names
	if names == nil {
		names = e.Choices
	}
	if r.labels[i] < 0 {
		return false
	}
	m.Label, m.Predicted = names[r.labels[i]], names[r.predictions[i]]
	m.Confidence, m.Sense = r.sure[i], probability
	return r.labels[i] != r.predictions[i]
}
