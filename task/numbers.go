package task

import (
	"fmt"
	"math"
	"strconv"

	"gobert/data/labelled"
	"gobert/internal/metrics"
	"gobert/train"
)

// numbers are the results of a regression.
type numbers struct {
	task                string    // GLUE's name, for its own measures
	labels, predictions []float64 // NaN: unlabelled
}

func (r *numbers) Add(m *Model, s *Scored) {
	r.labels = append(r.labels, float64(s.Batch.Targets[s.First]))
	r.predictions = append(r.predictions, float64(m.value(s.row(0)[0])))
}

func (r *numbers) labelled() (labels, predictions []float64) {
	for i, x := range r.labels {
		if !math.IsNaN(x) {
			labels, predictions = append(labels, x), append(predictions, r.predictions[i])
		}
	}
	return labels, predictions
}

// correlations and errors are what is measured, in this order.
var regressions = []struct {
	name string
	of   func(labels, predictions []float64) (float64, error)
}{{"pearson", metrics.Pearson}, {"spearmanr", metrics.Spearman}, {"mse", metrics.MSE}, {"mae", metrics.MAE}}

func (r *numbers) Measure() (out []train.Value, err error) {
	labels, predictions := r.labelled()
	for _, f := range regressions {
		v, err := f.of(labels, predictions)
		if err != nil {
			return nil, err
		}
		out = append(out, train.Value{Name: f.name, Value: v})
	}
	return official(r.task, labelled.Regression, 1, out), nil
}

// baseline always answers with the mean: it correlates with nothing.
func (r *numbers) Baseline() (measured []train.Value, of string) {
	labels, predictions := r.labelled()
	if len(labels) == 0 {
		return nil, ""
	}
	mean := 0.0
	for _, x := range labels {
		mean += x / float64(len(labels))
	}
	for i := range predictions {
		predictions[i] = mean
	}
	measured = []train.Value{{Name: "pearson"}, {Name: "spearmanr"}, {Name: "pearson_spearmanr"}}
	if v, err := metrics.MSE(labels, predictions); err == nil {
		measured = append(measured, train.Value{Name: "mse", Value: v}, train.Value{Name: "loss", Value: v})
	}
	if v, err := metrics.MAE(labels, predictions); err == nil {
		measured = append(measured, train.Value{Name: "mae", Value: v})
	}
	return measured, fmt.Sprintf("always the mean, %.3g", mean)
}

func (r *numbers) Intervals(o BootstrapOptions, _ func(name string) bool) map[string]Interval {
	out := map[string]Interval{}
	labels, predictions := r.labelled()
	x, y := make([]float64, len(labels)), make([]float64, len(labels))
	for _, f := range regressions[:2] {
		out[f.name] = metrics.Bootstrap(len(labels), o, func(drawn []int) float64 {
			for i, k := range drawn {
				x[i], y[i] = labels[k], predictions[k]
			}
			v, _ := f.of(x, y)
			return v
		})
	}
	return out
}

func (r *numbers) Table() string { return "" }

func (r *numbers) Classes() ([]string, []Row, Confusion) { return nil, nil, nil }

func (r *numbers) Mistake(i int, _ *labelled.Example, m *Mistake) bool {
	m.Label, m.Predicted = strconv.FormatFloat(r.labels[i], 'g', -1, 32), fmt.Sprintf("%.3f", r.predictions[i])
	m.Confidence, m.Sense = math.Abs(r.labels[i]-r.predictions[i]), "off by"
	return m.Confidence > 0.5
}
