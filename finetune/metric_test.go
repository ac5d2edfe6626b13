package finetune

import (
	"strings"
	"testing"

	"gobert/data/labelled"
	"gobert/data/labelled/dataset"
)

// judged are settings with a metric.
func judged(metric string) (s Settings) {
	s.Metric = metric
	return s
}

// TestLessOfAnErrorIsBetter: a run that is judged by an error keeps the weights with the least of it.
func TestLessOfAnErrorIsBetter(t *testing.T) {
	for name, want := range map[string]bool{"loss": true, "mse": true, "eval_mae": true, "hamming": true, "accuracy": false, "f1": false, "pearson": false} {
		r := &training{job: &Job{Settings: judged(name)}}
		if _, low := r.metric(); low != want {
			t.Errorf("%s: less is better is %v, want %v", name, low, want)
		}
	}
}

func TestUnknownMetric(t *testing.T) {
	d := &dataset.Dataset{Kind: labelled.Classify, Task: "cola", Labels: labelled.NewLabels(labelled.Single, []string{"a", "b"}), Dev: []dataset.Part{{Name: "dev"}}}
	var early Settings
	early.EarlyStop = 2
	tag := &dataset.Dataset{Kind: labelled.Tag, Task: "tag", Dev: d.Dev}
	for _, test := range []struct {
		s    Settings
		d    *dataset.Dataset
		want string // a part of the message; empty: it is fine
	}{
		{judged("eval_loss"), d, ""},
		{judged("matthews"), d, "expected one of loss, matthews_correlation (hint: did you mean matthews_correlation?)"},
		{judged("accurac1"), tag, "did you mean accuracy?"},
		{judged("f1_score"), tag, "did you mean f1?"},
		{judged("quite other"), tag, "expected one of loss, precision, recall, f1, accuracy"},
		{early, &dataset.Dataset{Kind: labelled.Tag, Task: "tag"}, "hint: dev FILE"},
	} {
		err := test.s.checkMetric(test.d)
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%+v: got %v, want %q", test.s.Metric, err, test.want)
		}
	}
	if err := judged("quite other").checkMetric(tag); strings.Contains(err.Error(), "hint") {
		t.Errorf("a guess without a likeness: %v", err)
	}
}
