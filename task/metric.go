package task

import (
	"slices"
	"strconv"

	"gobert/data/labelled"
	"gobert/data/labelled/dataset"
)

// LowIsBetter says whether less of a measure is better: of errors it is, of scores it is not.
func LowIsBetter(name string) bool {
	return slices.Contains([]string{"loss", "mse", "mae", "hamming"}, name)
}

// Better compares two values of a measure.
func Better(a, b float64, low bool) bool {
	if low {
		return a < b
	}
	return a > b
}

// Measures lists what an evaluation of a data set measures, in its order.
func Measures(d *dataset.Dataset) []string {
	names := []string{"loss"}
	g, _ := dataset.FindGLUE(d.Task)
	switch {
	case d.Kind == labelled.Tag:
		return append(names, "precision", "recall", "f1", "accuracy")
	case d.Kind == labelled.Span && d.V2:
		return append(names, "exact", "f1", "total", "HasAns_exact", "HasAns_f1", "HasAns_total", "NoAns_exact", "NoAns_f1", "NoAns_total",
			"best_exact", "best_exact_thresh", "best_f1", "best_f1_thresh")
	case d.Kind == labelled.Span:
		return append(names, "exact_match", "f1")
	case d.Kind == labelled.Choice:
		return append(names, "accuracy")
	case len(g.Measures) > 1:
		return append(append(names, g.Measures...), dataset.CombinedScore)
	case len(g.Measures) == 1:
		return append(names, g.Measures...)
	case d.Labels.Problem == labelled.Regression:
		return append(names, "pearson", "spearmanr", "mse", "mae")
	case d.Labels.Problem == labelled.Multi:
		return append(names, "f1_micro", "f1_macro", "f1_samples", "precision_micro", "recall_micro", "accuracy", "hamming")
	}
	names = append(names, "accuracy")
	if d.Labels.Len() == 2 {
		names = append(names, "precision", "recall", "f1")
	}
	return append(names, "precision_macro", "recall_macro", "f1_macro", "f1_weighted", "matthews_correlation")
}

// MainMeasure is the one that a task is usually judged by.
func MainMeasure(kind labelled.Kind, task string, labels *labelled.Labels) string {
	if t, _ := dataset.FindGLUE(task); t.Best() != "" {
		return t.Best()
	}
	switch {
	case kind == labelled.Tag, kind == labelled.Span:
		return "f1"
	case labels != nil && labels.Problem == labelled.Regression:
		return "pearson"
	case labels != nil && labels.Problem == labelled.Multi:
		return "f1_micro"
	}
	return "accuracy"
}

// questionID is a question's own identifier, or its number.
func questionID(e *labelled.Example, i int) string {
	if e.ID != "" {
		return e.ID
	}
	return strconv.Itoa(i + 1)
}
