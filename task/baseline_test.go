package task

import (
	"math"
	"strings"
	"testing"

	"gobert/data/labelled"
	"gobert/data/labelled/features"
	"gobert/data/labelled/squad"
	"gobert/train"
)

// TestBaselines: what reads nothing is measured as the model is.
func TestBaselines(t *testing.T) {
	labels := func(p labelled.Problem, names ...string) *labelled.Labels { return labelled.NewLabels(p, names) }
	nan := math.NaN()
	for _, c := range []struct {
		name string
		m    Model
		e    Evaluation
		v2   bool
		of   string
		want map[string]float64
	}{
		{
			"classes",
			Model{Kind: labelled.Classify, Labels: labels(labelled.Single, "sad", "glad")},
			Evaluation{Gold: []int{1, 0, 1, -1}, Predicted: []int{0, 0, 1, 0}, Scores: &Outputs{Width: 2}},
			false,
			`always "glad"`,
			map[string]float64{"accuracy": 2.0 / 3, "recall": 1, "f1_macro": 0.4, "matthews_correlation": 0},
		},
		{
			"choices",
			Model{Kind: labelled.Choice},
			Evaluation{Gold: []int{2, 2, 0}, Predicted: []int{0, 0, 0}, Scores: &Outputs{Width: 3}, Set: &features.Set{All: features.Batch{Choices: 3}}},
			false,
			"always choice 3",
			map[string]float64{"accuracy": 2.0 / 3},
		},
		{
			"numbers",
			Model{Kind: labelled.Classify, Labels: labels(labelled.Regression, "score")},
			Evaluation{Truth: []float64{1, 3, nan}, Guess: []float64{1, 3, 5}},
			false,
			"always the mean, 2",
			map[string]float64{"pearson": 0, "mse": 1, "mae": 1},
		},
		{
			"several labels",
			Model{Kind: labelled.Classify, Labels: labels(labelled.Multi, "a", "b")},
			Evaluation{Several: [][]int{{1, 0}, {1, 1}, {1, 0}}, SeveralGuess: [][]int{{0, 0}, {0, 0}, {0, 0}}},
			false,
			"for each label",
			map[string]float64{"accuracy": 2.0 / 3, "f1_micro": 6.0 / 7},
		},
		{
			"tags",
			Model{Kind: labelled.Tag, Labels: labels(labelled.Single, "B-X", "O")},
			Evaluation{GoldTags: [][]string{{"O", "B-X"}, {"O", "O"}}, PredictedTags: [][]string{{"B-X", "B-X"}, {"O", "O"}}},
			false,
			`every word "O"`,
			map[string]float64{"f1": 0, "accuracy": 0.75},
		},
		{
			"answers",
			Model{Kind: labelled.Span},
			Evaluation{
				Set:     &features.Set{Examples: []labelled.Example{{ID: "1", Answers: []labelled.Answer{{Text: "Bob"}}}, {ID: "2", Impossible: true}}},
				Answers: []squad.Prediction{{Text: "Bob"}, {Text: "Ann"}}, NoAnswer: []float64{0, 0},
			},
			true,
			"never an answer",
			map[string]float64{"exact": 50, "f1": 50},
		},
		{"answers that are always there", Model{Kind: labelled.Span}, Evaluation{}, false, "", nil},
		{"nothing is labelled", Model{Kind: labelled.Classify, Labels: labels(labelled.Single, "a")}, Evaluation{Gold: []int{-1}, Predicted: []int{0}}, false, "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.e.Set == nil {
				c.e.Set = &features.Set{}
			}
			o := EvaluateOptions{Squad: squad.Settings{V2: c.v2}}
			before := len(c.e.Predicted)
			measured, of := c.e.baseline(&c.m, o)
			if !strings.HasPrefix(of, c.of) || (c.of == "") != (of == "") {
				t.Errorf("it is %q, want %q", of, c.of)
			}
			for name, want := range c.want {
				if got, ok := find(measured, name); !ok || math.Abs(got-want) > 1e-9 {
					t.Errorf("%s is %v, want %v (of %v)", name, got, want, measured)
				}
			}
			if c.want == nil && measured != nil {
				t.Errorf("measured %v, want nothing", measured)
			}
			if len(c.e.Predicted) != before {
				t.Error("the model's own predictions changed")
			}
		})
	}
}

func find(values []train.Value, name string) (float64, bool) {
	for _, v := range values {
		if v.Name == name {
			return v.Value, true
		}
	}
	return 0, false
}
