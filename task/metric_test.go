package task

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gobert/data/labelled"
	"gobert/data/labelled/dataset"
	"gobert/data/labelled/squad"
	"gobert/internal/metrics"
)

// TestMeasuresAreNamedBeforeTheyAreMade holds the list that --metric is checked against to what an evaluation gives.
func TestMeasuresAreNamedBeforeTheyAreMade(t *testing.T) {
	two, three := labelled.NewLabels(labelled.Single, []string{"a", "b"}), labelled.NewLabels(labelled.Single, []string{"a", "b", "c"})
	one := labelled.NewLabels(labelled.Regression, []string{"x"})
	multi := labelled.NewLabels(labelled.Multi, []string{"a", "b"})
	for _, d := range []dataset.Dataset{
		{Kind: labelled.Classify, Task: "classify", Labels: two},
		{Kind: labelled.Classify, Task: "classify", Labels: three},
		{Kind: labelled.Classify, Task: "classify", Labels: one},
		{Kind: labelled.Classify, Task: "classify", Labels: multi},
		{Kind: labelled.Classify, Task: "cola", Labels: two},
		{Kind: labelled.Classify, Task: "mrpc", Labels: two},
		{Kind: labelled.Classify, Task: "mnli", Labels: three},
		{Kind: labelled.Classify, Task: "sts-b", Labels: one},
		{Kind: labelled.Choice, Task: "choice"},
		{Kind: labelled.Tag, Task: "tag", Labels: two},
		{Kind: labelled.Span, Task: "squad"},
		{Kind: labelled.Span, Task: "squad", V2: true},
	} {
		t.Run(string(d.Kind)+" "+d.Task, func(t *testing.T) {
			kind := Of(d.Kind)
			empty := kind.Results(&Model{Kind: kind, Labels: d.Labels}, EvaluateOptions{Task: d.Task, Squad: squad.Settings{V2: d.V2}})
			switch r := empty.(type) {
			case *picks:
				r.labels, r.predictions = []int{0, 1, 1, 0}, []int{0, 1, 0, 0}
				r.width = max(r.width, 2)
			case *numbers:
				r.labels, r.predictions = []float64{1, 2, 4}, []float64{1, 3, 3}
			case *labelSets:
				r.labels, r.predictions = [][]bool{{false, true}}, [][]bool{{true, true}}
			case *tags:
				r.labels, r.predictions = [][]string{{"B-X", "O"}}, [][]string{{"B-X", "O"}}
			case *answers:
				r.questions, r.predictions = []metrics.Question{{ID: "1", Answers: []string{"a"}}}, []squad.Prediction{{Text: "a", NullOdds: -1}}
				if d.V2 {
					r.questions, r.predictions = append(r.questions, metrics.Question{ID: "2"}), append(r.predictions, squad.Prediction{NullOdds: 1})
				}
			}
			got, err := empty.Measure()
			if err != nil {
				t.Fatal(err)
			}
			names := []string{"loss"}
			for _, v := range got {
				names = append(names, v.Name)
			}
			want, main := Measures(&d)
			if diff := cmp.Diff(want, names); diff != "" {
				t.Error(diff)
			}
			if !slices.Contains(names, main) {
				t.Errorf("the task's own metric %s is not measured", main)
			}
		})
	}
}

// TestAnswersAreMeasuredAtTheirThreshold: one that is given counts, although no answer is as likely as that.
func TestAnswersAreMeasuredAtTheirThreshold(t *testing.T) {
	for threshold, want := range map[float64]float64{0: 0, 10: 100} {
		r := &answers{
			squad:       squad.Settings{V2: true, NullThreshold: threshold},
			questions:   []metrics.Question{{ID: "1", Answers: []string{"boats"}}},
			predictions: []squad.Prediction{{Text: "boats", NullOdds: 5}},
		}
		values, err := r.Measure()
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range values {
			if (v.Name == "exact" || v.Name == "HasAns_f1") && v.Value != want {
				t.Errorf("threshold %v: %s is %v, expected %v", threshold, v.Name, v.Value, want)
			}
		}
	}
}
