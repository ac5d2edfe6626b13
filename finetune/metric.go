package finetune

import (
	"slices"
	"strings"

	"gobert/data/labelled/dataset"
	"gobert/data/labelled/squad"
	"gobert/internal/fault"
	"gobert/internal/ui"
	"gobert/task"
	"gobert/train/run"
)

// metric is the measure that decides what is best, as the record names it, and whether less of it is better.
func (t *training) metric() (name string, low bool) {
	name = t.job.deciding()
	if name == "" {
		_, name = task.Measures(t.job.Data)
	}
	return name, task.LowIsBetter(name)
}

// deciding is the metric that was asked for; transformers calls those of dev "eval_...".
func (s Settings) deciding() string { return strings.TrimPrefix(s.Metric, "eval_") }

// checkMetric refuses a deciding metric that the data's task does not have, and one that there is no dev part to measure on.
func (s Settings) checkMetric(d *dataset.Dataset) error {
	if len(d.Dev) == 0 && (s.Metric != "" || s.EarlyStop > 0) {
		return fault.New("finetune: {metric} and {early-stop} need a dev part, and the data has none").Advise("{dev} FILE, or {dev-share} 0.1")
	}
	names, _ := task.Measures(d)
	if s.Metric == "" || slices.Contains(names, s.deciding()) {
		return nil
	}
	wrong := fault.New("finetune: {metric} %q is not measured for %s: expected one of %s", s.Metric, d.Task, strings.Join(names, ", "))
	if meant := ui.Nearest(s.Metric, names); meant != "" {
		return wrong.Advise("did you mean %s?", meant)
	}
	return wrong
}

// squad are the settings of answers.
func (t *training) squad() squad.Settings { return squad.Settings{V2: t.job.Data.V2} }

// told are the measures of a line while the run lasts: all where they fit, else the loss and what decides.
func (t *training) told() []run.Shown {
	if names, _ := task.Measures(t.job.Data); len(names) <= 4 {
		return nil
	}
	name, _ := t.metric()
	return []run.Shown{{Name: "loss", Title: "loss", Digits: 4}, {Name: name, Title: name, Digits: 4}}
}
