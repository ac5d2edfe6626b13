package metrics

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Value is one named number.
type Value struct {
	Name  string
	Value float64
}

// Task is one of GLUE's tasks, as far as metrics go.
type Task struct {
	Name       string
	Classes    int // 0: regression
	Regression bool
	Metrics    []string // names, in the order of the benchmark's program
	Best       string   // the metric that decides between models
}

// GLUETasks lists GLUE's tasks.
func GLUETasks() []Task {
	accuracy := []string{"accuracy"}
	return []Task{
		{"cola", 2, false, []string{"matthews_correlation"}, "matthews_correlation"},
		{"sst2", 2, false, accuracy, "accuracy"},
		{"mrpc", 2, false, []string{"accuracy", "f1"}, "combined_score"},
		{"stsb", 0, true, []string{"pearson", "spearmanr"}, "combined_score"},
		{"qqp", 2, false, []string{"accuracy", "f1"}, "combined_score"},
		{"mnli", 3, false, accuracy, "accuracy"},
		{"qnli", 2, false, accuracy, "accuracy"},
		{"rte", 2, false, accuracy, "accuracy"},
		{"wnli", 2, false, accuracy, "accuracy"},
	}
}

// GLUETask finds a task by name; case and dashes do not matter, and MNLI may say which half of its dev set is meant.
func GLUETask(name string) (Task, error) {
	plain := strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(name))
	for _, suffix := range []string{"mismatched", "matched", "mm"} {
		if plain == "mnli"+suffix {
			plain = "mnli"
		}
	}
	var names []string
	for _, t := range GLUETasks() {
		if t.Name == plain {
			return t, nil
		}
		names = append(names, t.Name)
	}
	return Task{}, fmt.Errorf("metrics: %q is no task of GLUE (hint: they are %s)", name, strings.Join(names, ", "))
}

// Classify gives the metrics of a classification task, and their mean as combined_score where there are several.
func (t Task) Classify(truth, predicted []int) ([]Value, error) {
	if t.Regression {
		return nil, fmt.Errorf("metrics: %s is a regression, not a classification", t.Name)
	}
	c, err := NewConfusion(truth, predicted, t.Classes)
	if err != nil {
		return nil, err
	}
	return t.values(func(name string) (float64, error) {
		switch name {
		case "accuracy":
			return c.Accuracy(), nil
		case "f1":
			return c.Class(1).F1, nil
		default:
			return c.Matthews(), nil
		}
	})
}

// Regress gives the metrics of STS-B.
func (t Task) Regress(truth, predicted []float64) ([]Value, error) {
	if !t.Regression {
		return nil, fmt.Errorf("metrics: %s is a classification, not a regression", t.Name)
	}
	return t.values(func(name string) (float64, error) {
		if name == "pearson" {
			return Pearson(predicted, truth)
		}
		return Spearman(predicted, truth)
	})
}

func (t Task) values(metric func(name string) (float64, error)) ([]Value, error) {
	var values []Value
	var all []float64
	for _, name := range t.Metrics {
		v, err := metric(name)
		if err != nil {
			return nil, err
		}
		values, all = append(values, Value{name, v}), append(all, v)
	}
	if len(all) > 1 {
		values = append(values, Value{"combined_score", mean(all)})
	}
	return values, nil
}

// Find returns a metric by name, NaN if it is not there.
func Find(values []Value, name string) float64 {
	i := slices.IndexFunc(values, func(v Value) bool { return v.Name == name })
	if i < 0 {
		return math.NaN()
	}
	return values[i].Value
}
