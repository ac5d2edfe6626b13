package report

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gobert/internal/record"
)

func TestPanelsTakeWhatTheRecordHolds(t *testing.T) {
	entry := func(kind record.Kind, step int64, name string, v float64) record.Entry {
		return record.Entry{Kind: kind, Step: step, Values: []record.Value{{Name: name, Value: v}}}
	}
	entries := []record.Entry{
		entry(record.Step, 1, "loss", 5), entry(record.Step, 2, "loss", 4), entry(record.Evaluation, 2, "loss", 4.5),
		entry(record.Evaluation, 2, "accuracy", 0.5), entry(record.Event, 2, "parameters", 9),
		{Kind: record.Step, Step: 2, Timing: []record.Value{{Name: "tokens_per_second", Value: 100}}},
	}
	lines := []Line{{Name: "majority", Y: 0.3}}
	got := Panels(entries, append([]Measure{
		{Title: "Loss", Name: "loss"},
		{Title: "Accuracy", Unit: "%", Name: "accuracy", Held: "dev", Lines: lines},
		{Title: "Nothing", Name: "missing"},
	}, Machinery()...))
	want := []Panel{
		{Title: "Loss", Curves: []Curve{{Name: "training", X: []float64{1, 2}, Y: []float64{5, 4}}, {Name: "held out", X: []float64{2}, Y: []float64{4.5}, Color: 1, Marks: true}}},
		{Title: "Accuracy", Unit: "%", Curves: []Curve{{Name: "dev", X: []float64{2}, Y: []float64{0.5}, Color: 1, Marks: true}}, Lines: lines},
		{Title: "Speed", Unit: "tokens/s", Zero: true, Curves: []Curve{{Name: "speed", X: []float64{2}, Y: []float64{100}}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	last, ok := Last(entries, record.Evaluation)
	if v, found := last.Value("accuracy"); !ok || !found || v != 0.5 {
		t.Errorf("the last evaluation is %v", last)
	}
}

// TestEndingIsWhereTheRunEnds: the loss at the end is no mean over the whole run.
func TestEndingIsWhereTheRunEnds(t *testing.T) {
	var entries []record.Entry
	if text, ok := Ending(entries); ok {
		t.Errorf("of nothing: %q", text)
	}
	for i := range 400 {
		entries = append(entries, record.Entry{Kind: record.Step, Step: int64(10 * (i + 1)), Values: []record.Value{{Name: "loss", Value: 5 - float64(i)/100}}})
	}
	if text, ok := Ending(entries); !ok || text != "1.105, mean of steps 3810 to 4000" {
		t.Errorf("%q, %v", text, ok)
	}
	if text, ok := Ending(entries[:3]); !ok || text != "4.99, mean of steps 10 to 30" {
		t.Errorf("of three: %q, %v", text, ok)
	}
}

// TestRuns: unknown measures are named, and x values follow the option.
func TestRuns(t *testing.T) {
	runs := []Run{recorded("a", 1000)}
	if _, err := Runs(runs, RunOptions{Names: []string{"bleu"}}); err == nil || !strings.Contains(err.Error(), `"bleu"`) {
		t.Errorf("an unknown measure: %v", err)
	}
	if _, err := Runs([]Run{{}}, RunOptions{}); err == nil {
		t.Error("an empty record is no error")
	}
	f, err := Runs(runs, RunOptions{Names: []string{"loss"}, X: "seconds"})
	if err != nil {
		t.Fatal(err)
	}
	if title := f.Panels[0].Title; title != "loss" {
		t.Errorf("the loss is titled %q", title)
	}
	if f, err := Runs(runs, RunOptions{Names: []string{"loss"}, LossUnit: "squared error"}); err != nil || f.Panels[0].titled() != "loss (squared error)" {
		t.Errorf("a loss of another unit: %v, %v", f.Panels, err)
	}
	held := f.Panels[0].Curves[1]
	if f.XLabel != "time (minutes)" || !slices.Equal(held.X[:2], []float64{10.0 / 60, 20.0 / 60}) {
		t.Errorf("over time: label %q, evaluations at %v", f.XLabel, held.X[:2])
	}
}

// TestSharesMayBeInPercent: an F1 of 0.48 and SQuAD's of 48.04 are shown in per cent both.
func TestSharesMayBeInPercent(t *testing.T) {
	for value, share := range map[float64]bool{0.48: true, 1: true, 48.04: false} {
		entries := []record.Entry{{Kind: record.Evaluation, Step: 1, Values: []record.Value{{Name: "f1", Value: value}}}}
		f, err := Runs([]Run{{Name: "run", Entries: entries}}, RunOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if p := f.Panels[0]; (p.Unit == "%") != share || p.titled() != "F1 (%)" {
			t.Errorf("%v: unit %q, titled %q", value, p.Unit, p.titled())
		}
	}
}
