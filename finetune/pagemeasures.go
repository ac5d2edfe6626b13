package finetune

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gobert/data/labelled"
	"gobert/internal/record"
	"gobert/internal/report"
	"gobert/task"
)

// style says how a measure is written: as a share of 1 or of 100, or as a plain number.
type style struct {
	scale float64 // what makes a share of it; 0 for a plain number
	name  string
}

// styleOf tells by a measure's name. SQuAD's are in per cent.
func styleOf(name string, kind labelled.Kind) style {
	s := style{name: strings.ReplaceAll(strings.Replace(name, "spearmanr", "spearman", 1), "_", " ")}
	s.name = strings.ToUpper(s.name[:1]) + s.name[1:]
	for _, share := range []string{"accuracy", "f1", "precision", "recall", "exact"} {
		if strings.Contains(name, share) {
			s.scale = 1
		}
	}
	if kind == labelled.Span && s.scale > 0 {
		s.scale = 0.01
	}
	return s
}

func (s style) text(value float64) string {
	if s.scale == 0 {
		return fmt.Sprintf("%.3f", math.Round(1000*value)/1000+0) // +0 turns -0 into 0
	}
	return fmt.Sprintf("%.1f%%", 100*s.scale*value)
}

// results are the measures beside the baseline's, the deciding one first.
func results(r *Result, f *task.Findings) (list []report.Result) {
	for _, m := range f.Measures {
		if strings.Contains(m.Name, "total") || strings.Contains(m.Name, "thresh") {
			continue // counts of SQuAD's examples
		}
		s := styleOf(m.Name, f.Kind)
		row := report.Result{Name: s.name, Shown: s.text(m.Value), Share: -1, Base: -1}
		if s.scale > 0 {
			row.Share = s.scale * m.Value
		}
		if m.Baseline != nil {
			row.Baseline = s.text(*m.Baseline)
			if s.scale > 0 {
				row.Base = s.scale * *m.Baseline
			}
		}
		if m.Name == r.Metric {
			list = slices.Insert(list, 0, row)
			continue
		}
		list = append(list, row)
	}
	return list
}

// lossUnit is what the loss of a problem is counted in.
func lossUnit(problem labelled.Problem) string {
	if problem == labelled.Regression {
		return "squared error"
	}
	return "nats"
}

// panels are the curves of the run.
func panels(r *Result, f *task.Findings, entries []record.Entry) []report.Panel {
	list := []report.Measure{{Title: "Loss", Unit: lossUnit(f.Problem), Name: "loss", Held: "dev"}}
	names := []string{r.Metric, "accuracy", "f1"}
	for i, name := range names {
		if name == "" || name == "loss" || slices.Contains(names[:i], name) {
			continue
		}
		s := styleOf(name, f.Kind)
		c := report.Measure{Title: s.name, Name: name, Held: "dev"}
		if s.scale == 1 {
			c.Unit = "%"
		}
		for _, m := range f.Measures {
			if m.Name == name && m.Baseline != nil && *m.Baseline != 0 {
				c.Lines = []report.Line{{Name: "baseline", Y: *m.Baseline}}
			}
		}
		list = append(list, c)
	}
	return report.Panels(entries, append(list, report.Machinery()...))
}

// tables fills in the classes, the confusion matrix and the errors.
func tables(f *task.Findings, p *report.Page) {
	if len(f.Confusion) > 0 && len(f.Labels) <= task.MostLabels {
		p.Confusion = &report.Confusion{Labels: f.Labels, Counts: f.Confusion}
	}
	if len(f.Classes) > 0 {
		t := report.Breakdown{Title: "Each class", Head: []string{"class", "precision", "recall", "F1", "examples"}}
		for _, row := range f.Classes {
			t.Rows = append(t.Rows, []string{
				row.Name, fmt.Sprintf("%.3f", row.Precision), fmt.Sprintf("%.3f", row.Recall), fmt.Sprintf("%.3f", row.F1), fmt.Sprint(row.Support),
			})
		}
		p.Tables = append(p.Tables, t)
	}
	for _, e := range f.Errors {
		sure := -1.0
		if e.Confidence <= 1 && f.Kind != labelled.Tag && len(f.Labels) > 0 || f.Kind == labelled.Span || f.Kind == labelled.Choice {
			sure = e.Confidence
		}
		p.Errors = append(p.Errors, report.Error{Text: strings.ReplaceAll(e.Input, "\n   ", " | "), Truth: e.Label, Predicted: e.Predicted, Probability: sure})
	}
}
