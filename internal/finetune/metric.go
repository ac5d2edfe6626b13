package finetune

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gobert/data/labelled"
	"gobert/data/labelled/dataset"
	"gobert/data/labelled/squad"
	"gobert/internal/metrics"
	"gobert/internal/nearest"
)

// evalPrefix stands before the names of what is measured on dev, as the trainer knows it. The record leaves it out: the kind of
// an entry says it already.
const evalPrefix = "eval_"

func trimEval(name string) string { return strings.TrimPrefix(name, evalPrefix) }

// metric is the measure that decides what is best, as the record names it, and whether less of it is better.
func (r *run) metric() (name string, low bool) {
	name = r.Metric
	if name == "" {
		name = mainMetric(r.Data.Kind, r.Data.Task, r.Data.Labels)
	}
	name = trimEval(name)
	return evalPrefix + name, lowIsBetter(name)
}

// lowIsBetter says whether less of a measure is better: of errors it is, of scores it is not.
func lowIsBetter(name string) bool {
	return slices.Contains([]string{"loss", "mse", "mae", "hamming"}, name)
}

// better compares two values of a measure.
func better(a, b float64, low bool) bool {
	if low {
		return a < b
	}
	return a > b
}

// measureNames lists what an evaluation of a data set measures, in its order.
func measureNames(d *dataset.Dataset) []string {
	names := []string{"loss"}
	g, err := metrics.GLUETask(d.Task)
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
	case err == nil && len(g.Metrics) > 1:
		return append(append(names, g.Metrics...), "combined_score")
	case err == nil:
		return append(names, g.Metrics...)
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

// checkMetric refuses a deciding metric that the data's task does not have, and one that there is no dev part to measure on.
func (s Settings) checkMetric(d *dataset.Dataset) error {
	if len(d.Dev) == 0 && (s.Metric != "" || s.EarlyStop > 0) {
		return fmt.Errorf("finetune: metric and early-stop need a dev part, and the data has none (hint: --dev FILE, or --dev-share 0.1)")
	}
	names := measureNames(d)
	if s.Metric == "" || slices.Contains(names, trimEval(s.Metric)) {
		return nil
	}
	guess := ""
	if meant := nearest.Name(s.Metric, names); meant != "" {
		guess = fmt.Sprintf(" (hint: did you mean %s?)", meant)
	}
	return fmt.Errorf("finetune: metric %q is not measured for %s: expected one of %s%s", s.Metric, d.Task, strings.Join(names, ", "), guess)
}

// mainMetric is the one that a task is usually judged by.
func mainMetric(kind labelled.Kind, task string, labels *labelled.Labels) string {
	if t, err := metrics.GLUETask(task); err == nil {
		return t.Best
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

// squad are the settings of answers.
func (r *run) squad() squad.Settings { return squad.Settings{V2: r.Data.V2} }

// questionID is a question's own identifier, or its number.
func questionID(e *labelled.Example, i int) string {
	if e.ID != "" {
		return e.ID
	}
	return strconv.Itoa(i + 1)
}
