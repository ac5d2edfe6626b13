package task

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gobert/data/labelled"
	"gobert/data/labelled/dataset"
	"gobert/data/labelled/features"
	"gobert/data/labelled/squad"
	"gobert/internal/metrics"
	"gobert/train"
)

// TestMeasuresAreNamedBeforeTheyAreMade holds the list that --metric is checked against to what an evaluation gives.
func TestMeasuresAreNamedBeforeTheyAreMade(t *testing.T) {
	two, three := []string{"a", "b"}, []string{"a", "b", "c"}
	classes := func(width int) *Evaluation {
		return &Evaluation{Gold: []int{0, 1, 1, 0}, Predicted: []int{0, 1, 0, 0}, Scores: &Outputs{Width: width}, Set: &features.Set{}}
	}
	numbers := &Evaluation{Truth: []float64{1, 2, 4}, Guess: []float64{1, 3, 3}}
	choice := classes(2)
	choice.Set.All.Choices = 2
	questions := &Evaluation{
		Set:     &features.Set{Examples: []labelled.Example{{ID: "1", Answers: []labelled.Answer{{Text: "a"}}}, {ID: "2"}}},
		Answers: []squad.Prediction{{Text: "a"}, {}}, NoAnswer: []float64{-1, 1},
	}
	answered := &Evaluation{Set: &features.Set{Examples: questions.Set.Examples[:1]}, Answers: questions.Answers[:1], NoAnswer: questions.NoAnswer[:1]}
	for _, test := range []struct {
		d dataset.Dataset
		e *Evaluation
	}{
		{dataset.Dataset{Kind: labelled.Classify, Task: "classify", Labels: labelled.NewLabels(labelled.Single, two)}, classes(2)},
		{dataset.Dataset{Kind: labelled.Classify, Task: "classify", Labels: labelled.NewLabels(labelled.Single, three)}, classes(3)},
		{dataset.Dataset{Kind: labelled.Classify, Task: "classify", Labels: labelled.NewLabels(labelled.Regression, []string{"x"})}, numbers},
		{dataset.Dataset{Kind: labelled.Classify, Task: "classify", Labels: labelled.NewLabels(labelled.Multi, two)}, &Evaluation{Several: [][]int{{0, 1}}, SeveralGuess: [][]int{{1, 1}}}},
		{dataset.Dataset{Kind: labelled.Classify, Task: "cola", Labels: labelled.NewLabels(labelled.Single, two)}, classes(2)},
		{dataset.Dataset{Kind: labelled.Classify, Task: "mrpc", Labels: labelled.NewLabels(labelled.Single, two)}, classes(2)},
		{dataset.Dataset{Kind: labelled.Classify, Task: "mnli", Labels: labelled.NewLabels(labelled.Single, three)}, classes(3)},
		{dataset.Dataset{Kind: labelled.Classify, Task: "sts-b", Labels: labelled.NewLabels(labelled.Regression, []string{"x"})}, numbers},
		{dataset.Dataset{Kind: labelled.Choice, Task: "choice"}, choice},
		{dataset.Dataset{Kind: labelled.Tag, Task: "tag"}, &Evaluation{GoldTags: [][]string{{"B-X", "O"}}, PredictedTags: [][]string{{"B-X", "O"}}}},
		{dataset.Dataset{Kind: labelled.Span, Task: "squad"}, answered},
		{dataset.Dataset{Kind: labelled.Span, Task: "squad", V2: true}, questions},
	} {
		t.Run(string(test.d.Kind)+" "+test.d.Task, func(t *testing.T) {
			got, err := test.e.measure(&Model{Kind: test.d.Kind, Labels: test.d.Labels}, EvaluateOptions{Task: test.d.Task, Squad: squad.Settings{V2: test.d.V2}})
			if err != nil {
				t.Fatal(err)
			}
			names := []string{"loss"}
			for _, v := range got {
				names = append(names, v.Name)
			}
			if diff := cmp.Diff(Measures(&test.d), names); diff != "" {
				t.Error(diff)
			}
			if main := MainMeasure(test.d.Kind, test.d.Task, test.d.Labels); !slices.Contains(names, main) {
				t.Errorf("the task's own metric %s is not measured", main)
			}
		})
	}
}

// TestOfficialMeasures has what GLUE's program prints: what decides is among it.
func TestOfficialMeasures(t *testing.T) {
	classes := &Evaluation{Gold: []int{1, 0, 1, 1, 0}, Predicted: []int{1, 0, 0, 1, 1}, Scores: &Outputs{Width: 2}, Set: &features.Set{}}
	numbers := &Evaluation{Truth: []float64{0, 2.5, 4, 5}, Guess: []float64{1, 2, 5, 3}}
	pearson, _ := metrics.Pearson(numbers.Guess, numbers.Truth)
	spearman, _ := metrics.Spearman(numbers.Guess, numbers.Truth)
	accuracy, both := train.Value{Name: "accuracy", Value: 0.6}, []train.Value{{Name: "accuracy", Value: 0.6}, {Name: "f1", Value: 2. / 3}, {Name: "combined_score", Value: (0.6 + 2./3) / 2}}
	for name, want := range map[string][]train.Value{
		"CoLA": {{Name: "matthews_correlation", Value: 1. / 6}}, "sst-2": {accuracy}, "mrpc": both, "QQP": both, "qnli": {accuracy}, "rte": {accuracy}, "wnli": {accuracy},
		"sts-b": {{Name: "pearson", Value: pearson}, {Name: "spearmanr", Value: spearman}, {Name: "combined_score", Value: (pearson + spearman) / 2}},
	} {
		g, ok := dataset.FindGLUE(name)
		if !ok {
			t.Fatal(name)
		}
		labels := labelled.NewLabels(g.Problem, g.Labels)
		e := classes
		if g.Problem == labelled.Regression {
			e = numbers
		}
		got, err := e.measure(&Model{Kind: labelled.Classify, Labels: labels}, EvaluateOptions{Task: name})
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", name, err, diff)
		}
		if !slices.ContainsFunc(got, func(v train.Value) bool { return v.Name == MainMeasure(labelled.Classify, name, labels) }) {
			t.Errorf("%s: what decides is not in %v", name, got)
		}
	}
}
