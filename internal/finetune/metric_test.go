package finetune

import (
	"strings"
	"testing"

	"gobert/data/labelled"
	"gobert/data/labelled/dataset"
)

// TestLessOfAnErrorIsBetter: a run that is judged by an error keeps the weights with the least of it.
func TestLessOfAnErrorIsBetter(t *testing.T) {
	for name, want := range map[string]bool{"loss": true, "mse": true, "eval_mae": true, "hamming": true, "accuracy": false, "f1": false, "pearson": false} {
		r := &run{Job: Job{Settings: Settings{Metric: name}}}
		if _, low := r.metric(); low != want {
			t.Errorf("%s: less is better is %v, want %v", name, low, want)
		}
	}
}

func TestUnknownMetric(t *testing.T) {
	d := &dataset.Dataset{Kind: labelled.Classify, Task: "cola", Labels: labelled.NewLabels(labelled.Single, []string{"a", "b"}), Dev: []dataset.Part{{Name: "dev"}}}
	tag := &dataset.Dataset{Kind: labelled.Tag, Task: "tag", Dev: d.Dev}
	for _, test := range []struct {
		s    Settings
		d    *dataset.Dataset
		want string // a part of the message; empty: it is fine
	}{
		{Settings{Metric: "eval_loss"}, d, ""},
		{Settings{Metric: "matthews"}, d, "expected one of loss, matthews_correlation (hint: did you mean matthews_correlation?)"},
		{Settings{Metric: "accurac1"}, tag, "did you mean accuracy?"},
		{Settings{Metric: "f1_score"}, tag, "did you mean f1?"},
		{Settings{Metric: "quite other"}, tag, "expected one of loss, precision, recall, f1, accuracy"},
		{Settings{EarlyStop: 2}, &dataset.Dataset{Kind: labelled.Tag, Task: "tag"}, "hint: --dev FILE"},
	} {
		err := test.s.checkMetric(test.d)
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%+v: got %v, want %q", test.s.Metric, err, test.want)
		}
	}
	if err := (Settings{Metric: "quite other"}).checkMetric(tag); strings.Contains(err.Error(), "hint") {
		t.Errorf("a guess without a likeness: %v", err)
	}
}
