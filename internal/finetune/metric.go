package finetune

import (
	"strconv"
	"strings"

	"gobert/data/tasks"
	"gobert/data/tasks/squad"
	"gobert/internal/metrics"
)

// evalPrefix stands before the names of what is measured on dev, in the record.
const evalPrefix = "eval_"

func trimEval(name string) string { return strings.TrimPrefix(name, evalPrefix) }

// metric is the measure that decides what is best, as the record names it, and whether less of it is better.
func (r *run) metric() (name string, low bool) {
	name = r.Metric
	if name == "" {
		name = mainMetric(r.Data.Kind, r.Data.Task, r.Data.Labels)
	}
	return evalPrefix + trimEval(name), strings.HasSuffix(name, "loss")
}

// mainMetric is the one that a task is usually judged by.
func mainMetric(kind tasks.Kind, task string, labels *tasks.Labels) string {
	if t, err := metrics.GLUETask(task); err == nil {
		return t.Best
	}
	switch {
	case kind == tasks.Tag, kind == tasks.Span:
		return "f1"
	case labels != nil && labels.Problem == tasks.Regression:
		return "pearson"
	case labels != nil && labels.Problem == tasks.Multi:
		return "f1_micro"
	}
	return "accuracy"
}

// squad are the settings of answers.
func (r *run) squad() squad.Settings { return squad.Settings{V2: r.Data.V2} }

// questionID is a question's own identifier, or its number.
func questionID(e *tasks.Example, i int) string {
	if e.ID != "" {
		return e.ID
	}
	return strconv.Itoa(i + 1)
}
