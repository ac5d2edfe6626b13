package task

import (
	"slices"
	"strings"

	"gobert/data/labelled"
	"gobert/internal/metrics"
	"gobert/train"
)

// labelSets are results where any number of labels is right.
type labelSets struct {
	names               []string
	labels, predictions [][]bool // of each example, whether it has a label
}

func (r *labelSets) Add(_ *Model, s *Scored) {
	labels, predictions := make([]bool, len(r.names)), make([]bool, len(r.names))
	for k, logit := range s.row(0) {
		labels[k], predictions[k] = s.Batch.Targets[s.First*s.Batch.Width+k] > even, logistic(logit) > even
	}
	r.labels, r.predictions = append(r.labels, labels), append(r.predictions, predictions)
}

func (r *labelSets) Measure() ([]train.Value, error) {
	m, err := metrics.NewMultilabel(r.labels, r.predictions, len(r.names))
	if err != nil {
		return nil, err
	}
	micro := m.Average(metrics.Micro)
	return []train.Value{
		{Name: "f1_micro", Value: micro.F1},
		{Name: "f1_macro", Value: m.Average(metrics.Macro).F1},
		{Name: "f1_samples", Value: m.Average(metrics.Samples).F1},
		{Name: "precision_micro", Value: micro.Precision},
		{Name: "recall_micro", Value: micro.Recall},
		{Name: "accuracy", Value: m.Accuracy()},
		{Name: "hamming", Value: m.Hamming()},
	}, nil
}

// baseline gives every example the labels that more than half of all have.
func (r *labelSets) Baseline() (measured []train.Value, of string) {
	usual := make([]bool, len(r.names))
	for k := range usual {
		n := 0
		for _, row := range r.labels {
			if row[k] {
				n++
			}
		}
		usual[k] = 2*n > len(r.labels)
	}
	always := *r
	always.predictions = slices.Repeat([][]bool{usual}, len(r.labels))
	return measuredOr(&always, "for each label the more frequent answer")
}

func (r *labelSets) Intervals(BootstrapOptions, func(name string) bool) map[string]Interval {
	return map[string]Interval{}
}

func (r *labelSets) Table() string {
	m, err := metrics.NewMultilabel(r.labels, r.predictions, len(r.names))
	if err != nil {
		return ""
	}
	return m.Table(r.names)
}

func (r *labelSets) Classes() (_ []string, rows []Row, _ Confusion) {
	if m, err := metrics.NewMultilabel(r.labels, r.predictions, len(r.names)); err == nil {
		rows = m.Rows(r.names)
	}
	return nil, rows, nil
}

func (r *labelSets) Mistake(i int, _ *labelled.Example, m *Mistake) bool {
	m.Label, m.Predicted = r.list(r.labels[i]), r.list(r.predictions[i])
	return m.Label != m.Predicted
}

func (r *labelSets) list(has []bool) string {
	var names []string
	for i, yes := range has {
		if yes {
			names = append(names, r.names[i])
		}
	}
	return "[" + strings.Join(names, ", ") + "]"
}
