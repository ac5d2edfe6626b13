package page

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gobert/bert"
	"gobert/data/wordpiece"
	"gobert/internal/record"
	"gobert/internal/report"
	"gobert/internal/torch"
)

func TestSettingsKeepTheirOrder(t *testing.T) {
	got, err := Settings([]byte(`{"seed":1,"model":"tiny","rate":1e-4,"none":"","left_out":null,"freeze":["embeddings","layer.0"],"optimizer":{"beta1":0.9,"inner":{"eps":1e-8}},"nsp":true}`))
	if err != nil {
		t.Fatal(err)
	}
	want := []report.Fact{
		{Name: "seed", Value: "1"},
		{Name: "model", Value: "tiny"},
		{Name: "rate", Value: "1e-4"},
		{Name: "none", Value: "(none)"},
		{Name: "freeze", Value: "embeddings, layer.0"},
		{Name: "optimizer.beta1", Value: "0.9"},
		{Name: "optimizer.inner.eps", Value: "1e-8"},
		{Name: "nsp", Value: "true"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func FuzzSettings(f *testing.F) {
	for _, seed := range []string{`{"a":{"b":[1,"x",null]}}`, `{"a":`, `[]`, ``, `{"a":{"b":1}`, `{"a":"\ud800"}`, `{} x`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		facts, err := Settings(text)
		if err != nil && facts != nil {
			t.Errorf("facts beside the error %v", err)
		}
	})
}

func TestCurvesTakeWhatTheRecordHolds(t *testing.T) {
	entry := func(kind record.Kind, step int64, name string, v float64) record.Entry {
		return record.Entry{Kind: kind, Step: step, Values: []record.Value{{Name: name, Value: v}}}
	}
	entries := []record.Entry{
		entry(record.Step, 1, "loss", 5), entry(record.Step, 2, "loss", 4), entry(record.Evaluation, 2, "eval_loss", 4.5),
		entry(record.Evaluation, 2, "accuracy", 0.5), entry(record.Event, 2, "parameters", 9),
		{Kind: record.Step, Step: 2, Timing: []record.Value{{Name: "tokens_per_second", Value: 100}}},
	}
	lines := []report.Line{{Name: "majority", Y: 0.3}}
	got := Curves(entries, append([]Curve{
		{Title: "Loss", Name: "loss", Smooth: true},
		{Title: "Accuracy", Unit: "%", Name: "accuracy", Held: "dev", Lines: lines},
		{Title: "Nothing", Name: "missing"},
	}, Machinery()...))
	want := []report.Panel{
		{Title: "Loss", Smooth: true, Series: []report.Series{{Name: "training", X: []float64{1, 2}, Y: []float64{5, 4}}, {Name: "held out", X: []float64{2}, Y: []float64{4.5}}}},
		{Title: "Accuracy", Unit: "%", Series: []report.Series{{Name: "dev", X: []float64{2}, Y: []float64{0.5}}}, Lines: lines},
		{Title: "Speed", Unit: "tokens/s", Smooth: true, Series: []report.Series{{Name: "speed", X: []float64{2}, Y: []float64{100}}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	last, ok := Last(entries, record.Evaluation)
	if v, found := Measure(last, "accuracy"); !ok || !found || v != 0.5 {
		t.Errorf("the last evaluation is %v", last)
	}
	if v, ok := Measure(entries[2], "loss"); !ok || v != 4.5 {
		t.Errorf("eval_loss is found as %v", v)
	}
}

// TestLimitKeepsPagesSmall: whatever the model and however many texts, the weights as base64 leave room in 3 MB.
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

func TestLimitKeepsPagesSmall(t *testing.T) {
	for _, c := range []struct{ layers, heads, texts, want int }{{2, 2, 4, 40}, {12, 12, 4, 40}, {24, 16, 4, 31}, {12, 12, 20, 22}} {
		config := bert.DefaultConfig()
		config.NumLayers, config.NumHeads = c.layers, c.heads
		n := Limit(config, c.texts)
		if n != c.want {
			t.Errorf("%d texts of %d layers and %d heads: %d tokens, want %d", c.texts, c.layers, c.heads, n, c.want)
		}
		if size := c.texts * c.layers * c.heads * n * n * 4 / 3; size > 2_100_000 {
			t.Errorf("%d texts of %d layers take %d bytes", c.texts, c.layers, size)
		}
	}
}

func tinyModel(t *testing.T) (*bert.Model, *wordpiece.Tokenizer) {
	t.Helper()
	tokenizer, err := wordpiece.New(strings.Fields("[PAD] [UNK] [CLS] [SEP] [MASK] the cat saw a dog ."), wordpiece.DefaultOptions(true))
	if err != nil {
		t.Fatal(err)
	}
	c := bert.DefaultConfig()
	c.VocabSize, c.HiddenSize, c.NumLayers, c.NumHeads, c.IntermediateSize, c.MaxPositions = tokenizer.Size(), 16, 3, 2, 32, 32
	m, err := bert.New(c, false)
	if err != nil {
		t.Fatal(err)
	}
	store, err := bert.Flatten(m, torch.CPU)
	if err != nil {
		t.Fatal(err)
	}
	if err := torch.Run(func() error { bert.Initialize(store.Parameters, 0.3, 7); return nil }); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Close() })
	return m, tokenizer
}

func TestAttentionOfPairs(t *testing.T) {
	m, tokenizer := tinyModel(t)
	var pairs []Pair
	for _, text := range []string{"the cat saw a dog.", "the cat. [SEP] a dog."} {
		p, err := Read(tokenizer, text, 32)
		if err != nil {
			t.Fatal(err)
		}
		pairs = append(pairs, p)
	}
	a, err := Attention(m, tokenizer, pairs)
	if err != nil {
		t.Fatal(err)
	}
	if a.Layers != 3 || a.Heads != 2 || len(a.Sentences) != 2 {
		t.Fatalf("%d layers, %d heads, %d sentences", a.Layers, a.Heads, len(a.Sentences))
	}
	if got := fmt.Sprint(a.Sentences[1].Tokens); got != "[[CLS] the cat . [SEP] a dog . [SEP]]" {
		t.Errorf("the tokens are %s", got)
	}
	// Each row of weights sums to 1, up to the rounding of its bytes.
	const n = 8
	weights, err := base64.StdEncoding.DecodeString(a.Sentences[0].Weights)
	if err != nil || len(weights) != 3*2*n*n {
		t.Fatalf("%d weights, %v", len(weights), err)
	}
	for row := range 3 * 2 * n {
		sum := 0
		for _, w := range weights[row*n : (row+1)*n] {
			sum += int(w)
		}
		if sum < 255-n/2 || sum > 255+n/2 {
			t.Errorf("row %d sums to %d, want 255", row, sum)
		}
	}
}

func TestReadRefusesWhatCannotBeShown(t *testing.T) {
	_, tokenizer := tinyModel(t)
	for text, want := range map[string]string{"": "no words", "the [SEP] ": "no words", "the cat saw a dog the cat": "shows up to 8"} {
		if _, err := Read(tokenizer, text, 8); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
