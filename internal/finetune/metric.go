package finetune

import (
	"fmt"
	"slices"
	"strings"

	"gobert/data/labelled/dataset"
	"gobert/data/labelled/squad"
	"gobert/internal/nearest"
	"gobert/task"
)

// evalPrefix stands before the names of what is measured on dev, as the trainer knows it. The record leaves it out: the kind of
// an entry says it already.
const evalPrefix = "eval_"

func trimEval(name string) string { return strings.TrimPrefix(name, evalPrefix) }

// metric is the measure that decides what is best, as the record names it, and whether less of it is better.
func (r *run) metric() (name string, low bool) {
	name = r.Metric
	if name == "" {
		name = task.MainMeasure(r.Data.Kind, r.Data.Task, r.Data.Labels)
	}
	name = trimEval(name)
	return evalPrefix + name, task.LowIsBetter(name)
}

// checkMetric refuses a deciding metric that the data's task does not have, and one that there is no dev part to measure on.
func (s Settings) checkMetric(d *dataset.Dataset) error {
	if len(d.Dev) == 0 && (s.Metric != "" || s.EarlyStop > 0) {
		return fmt.Errorf("finetune: metric and early-stop need a dev part, and the data has none (hint: --dev FILE, or --dev-share 0.1)")
	}
	names := task.Measures(d)
	if s.Metric == "" || slices.Contains(names, trimEval(s.Metric)) {
		return nil
	}
	guess := ""
	if meant := nearest.Name(s.Metric, names); meant != "" {
		guess = fmt.Sprintf(" (hint: did you mean %s?)", meant)
	}
	return fmt.Errorf("finetune: metric %q is not measured for %s: expected one of %s%s", s.Metric, d.Task, strings.Join(names, ", "), guess)
}

// squad are the settings of answers.
func (r *run) squad() squad.Settings { return squad.Settings{V2: r.Data.V2} }
