package task

import (
	"math"
	"strings"
	"testing"

	"gobert/data/labelled"
	"gobert/data/labelled/squad"
	"gobert/internal/metrics"
	"gobert/train"
)

// TestBaselines: what reads nothing is measured as the model is.
func TestBaselines(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		name string
		r    Results
		of   string
		want map[string]float64
	}{
		{
			"classes",
			&picks{names: []string{"sad", "glad"}, width: 2, labels: []int{1, 0, 1, -1}, predictions: []int{0, 0, 1, 0}},
			`always "glad"`,
			map[string]float64{"accuracy": 2.0 / 3, "recall": 1, "f1_macro": 0.4, "matthews_correlation": 0},
		},
		{"choices", &picks{width: 3, labels: []int{2, 2, 0}, predictions: []int{0, 0, 0}}, "always choice 3", map[string]float64{"accuracy": 2.0 / 3}},
		{
			"numbers",
			&numbers{labels: []float64{1, 3, nan}, predictions: []float64{1, 3, 5}},
			"always the mean, 2",
			map[string]float64{"pearson": 0, "mse": 1, "mae": 1},
		},
		{
			"several labels",
			&labelSets{names: []string{"a", "b"}, labels: [][]bool{{true, false}, {true, true}, {true, false}}, predictions: make([][]bool, 3)},
			"for each label",
			map[string]float64{"accuracy": 2.0 / 3, "f1_micro": 6.0 / 7},
		},
		{
			"tags",
			&tags{outside: "O", labels: [][]string{{"O", "B-X"}, {"O", "O"}}, predictions: [][]string{{"B-X", "B-X"}, {"O", "O"}}},
			`every word "O"`,
			map[string]float64{"f1": 0, "accuracy": 0.75},
		},
		{
			"answers",
			&answers{
				squad: squad.Settings{V2: true}, questions: []metrics.Question{{ID: "1", Answers: []string{"Bob"}}, {ID: "2"}},
				predictions: []squad.Prediction{{Text: "Bob"}, {Text: "Ann"}},
			},
			"never an answer",
			map[string]float64{"exact": 50, "f1": 50},
		},
		{"answers that are always there", &answers{}, "", nil},
		{"nothing is labelled", &picks{names: []string{"a"}, labels: []int{-1}, predictions: []int{0}}, "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			measured, of := c.r.Baseline()
			if !strings.HasPrefix(of, c.of) || (c.of == "") != (of == "") {
				t.Errorf("it is %q, want %q", of, c.of)
			}
			for name, want := range c.want {
				if got, ok := valueNamed(measured, name); !ok || math.Abs(got-want) > 1e-9 {
					t.Errorf("%s is %v, want %v (of %v)", name, got, want, measured)
				}
			}
			if c.want == nil && measured != nil {
				t.Errorf("measured %v, want nothing", measured)
			}
			if p, ok := c.r.(*picks); ok && p.predictions[0] != 0 {
				t.Error("the model's own predictions changed")
			}
		})
	}
}

func valueNamed(values []train.Value, name string) (float64, bool) {
	return (&Evaluation{Values: values}).Value(name)
}

// TestTagsOutside: the label of what is no entity, or the first one.
func TestTagsOutside(t *testing.T) {
	for want, names := range map[string][]string{"O": {"B-X", "O"}, "N": {"N", "V"}} {
		m := &Model{Labels: labelled.NewLabels(labelled.Single, names)}
		if got := m.outside(); got != want {
			t.Errorf("%v: %q, want %q", names, got, want)
		}
	}
}
