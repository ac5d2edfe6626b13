package metrics

import (
	"fmt"
	"math"
)

// MSE is mean_squared_error.
func MSE(truth, predicted []float64) (float64, error) {
	return meanError(truth, predicted, func(d float64) float64 { return d * d })
}

// MAE is mean_absolute_error.
func MAE(truth, predicted []float64) (float64, error) {
	return meanError(truth, predicted, math.Abs)
}

func meanError(truth, predicted []float64, size func(float64) float64) (float64, error) {
	if len(truth) != len(predicted) {
		return 0, fmt.Errorf("metrics: %d targets but %d predictions", len(truth), len(predicted))
	}
	if len(truth) == 0 {
		return 0, fmt.Errorf("metrics: the mean error of no example")
	}
	out := make([]float64, len(truth))
	for i := range out {
		out[i] = size(truth[i] - predicted[i])
		if !finite(truth[i]) || !finite(predicted[i]) {
			return 0, fmt.Errorf("metrics: example %d has target %v and prediction %v: expected finite numbers", i, truth[i], predicted[i])
		}
	}
	return mean(out), nil
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
