package report

import (
	"bytes"
	"encoding/base64"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// example is a page with every part.
func example() Page {
	steps, losses, rates := []float64{}, []float64{}, []float64{}
	for i := range 900 {
		steps = append(steps, float64(10*(i+1)))
		losses = append(losses, 2+5*math.Exp(-float64(i)/200)+0.3*math.Sin(float64(i)*1.7))
		rates = append(rates, 1e-4*min(float64(i)/90, 1-float64(i-90)/810))
	}
	p := Page{
		Title: "A tiny <BERT>", About: "Pretrained on little stories.", Baseline: "A baseline that knows nothing stands beside each.",
		Facts:   []Fact{{"model", "2 layers, 128 wide"}, {"tokens", "3,400,000"}},
		Results: []Result{{"masked words", "61.2%", "13.6%", "always the most frequent token", 0.612, 0.136}, {"perplexity", "4.1", "", "", -1, -1}},
		Panels: []Panel{
			{Title: "Loss", Unit: "nats", Curves: []Curve{{Name: "train", X: steps, Y: losses, Smooth: 0.9}, {Name: "held out", X: []float64{1000, 5000, 9000}, Y: []float64{5, 3, math.NaN()}, Color: 1}}},
			{Title: "Accuracy", Unit: "%", Curves: []Curve{{Name: "masked words", X: []float64{1000, 9000}, Y: []float64{0.2, 0.6}}}, Lines: []Line{{"unigram", 0.136}}},
			{Title: "Learning rate", Curves: []Curve{{Name: "learning rate", X: steps, Y: rates}}},
		},
		Samples: []Sample{{"The baker kneaded the", "in the kitchen.", "dough", []Moment{
			{100, []Guess{{"the", 0.1}, {".", 0.05}}}, {9000, []Guess{{"dough", 0.8}, {"bread", 0.1}}},
		}}},
		Confusion: &Confusion{Labels: []string{"happy", "sad"}, Counts: [][]int{{40, 10}, {5, 45}}},
		Errors:    []Error{{"Nobody was <glad>.", "sad", "happy", 0.97}},
		Tables:    []Breakdown{{"Per class", []string{"class", "F1"}, [][]string{{"happy", "0.84"}}}},
		Next:      []string{`bin/pretrain fill run "The [MASK] was loaded."`},
		Settings:  []Fact{{"seed", "1"}},
	}
	p.Then = []Page{{
		Title: "Then it was fine-tuned", Results: p.Results[:1], Panels: p.Panels[:1], Confusion: p.Confusion, Errors: p.Errors, Settings: p.Settings,
		Measured: "dev texts", Next: []string{"bin/finetune predict tuned"}, Notes: []string{"Few examples."},
	}}
	p.Attention = &Attention{}
	for _, text := range []string{"[CLS] the sailor mended the net . [SEP]", "[CLS] anna was glad [SEP]"} {
		tokens := strings.Fields(text)
		n := len(tokens)
		var layers [][]float32
		for l := range 2 {
			layer := make([]float32, 2*n*n)
			for i := range layer {
				from, to := i/n%n, i%n
				layer[i] = float32(1/(1+math.Abs(float64(from-to-l)))) / 3
			}
			layers = append(layers, layer)
		}
		if err := p.Attention.Add(tokens, layers); err != nil {
			panic(err)
		}
	}
	return p
}

func TestPageHoldsEveryPart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "report.html")
	if err := example().Write(path); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"A tiny &lt;BERT&gt;", "61.2%", "always the most frequent token", "<svg viewBox", "baseline", "kneaded", "guess right", "confusion",
		"Nobody was &lt;glad&gt;.", "Per class", "the stronger its colour", `id="attention-data"`, "sailor", "Then it was fine-tuned", `id="part1-results"`, "Measured on dev texts", "bin/finetune predict", "Few examples.", "bin/pretrain fill run",
	} {
		if !bytes.Contains(text, []byte(want)) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, outside := range []string{"http://", "https://", "src=", "@import", "NaN"} {
		if i := bytes.Index(text, []byte(outside)); i >= 0 && !bytes.HasPrefix(text[i:], []byte("http://www.w3.org/2000/svg")) {
			t.Errorf("the page holds %q: %q", outside, text[i:min(i+60, len(text))])
		}
	}
	if len(text) > 1<<20 {
		t.Errorf("a small page has %d bytes", len(text))
	}
}

func TestSettingsStandOnceAndSayWhose(t *testing.T) {
	p := example()
	p.Name, p.Then[0].Name = "run", "tuned"
	var text bytes.Buffer
	if err := p.Render(&text); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(text.String(), "All settings"); n != 1 {
		t.Errorf("the settings have %d titles", n)
	}
	for _, want := range []string{"Those of run", "Those of tuned"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

// TestChartsAreNamedAndWhole: both axes have names, and the numbers below the x axis are inside the picture.
func TestChartsAreNamedAndWhole(t *testing.T) {
	p := example().Panels[0]
	p.Curves[0].X[len(p.Curves[0].X)-1] = 12_350_000
	chart := string(p.Chart())
	for _, want := range []string{">step</text>", ">nats</text>"} {
		if !strings.Contains(chart, want) {
			t.Errorf("the chart lacks %s", want)
		}
	}
	if fixed := regexp.MustCompile(`#[0-9A-F]{6}`).FindString(chart); fixed != "" || !strings.Contains(chart, "stroke:var(--c0);stroke-opacity") {
		t.Errorf("the colour %s is none of the page's, or no faint line is drawn", fixed)
	}
	texts := regexp.MustCompile(`<text x="([-0-9.]+)" y="[-0-9.]+" [^>]*>([^<]*)</text>`).FindAllStringSubmatch(chart, -1)
	if len(texts) < 8 {
		t.Errorf("only %d texts in %s", len(texts), chart)
	}
	for _, m := range texts {
		x, err := strconv.ParseFloat(m[1], 64)
		if wide := float64(letters(labelSize, false, ink).Width(m[2])); m[2] != "nats" && (err != nil || x+wide > chartWidth || x < 0) {
			t.Errorf("%q at %v is cut (%v)", m[2], x, err)
		}
	}
}

func TestEmptyPartsAreLeftOut(t *testing.T) {
	var text bytes.Buffer
	if err := (Page{Title: "Nothing yet"}).Render(&text); err != nil {
		t.Fatal(err)
	}
	for _, section := range []string{"What it learnt", "How it went", "Filling in", "Which token"} {
		if strings.Contains(text.String(), section) {
			t.Errorf("an empty page has the section %q", section)
		}
	}
}

func TestAttentionIsPackedInOrder(t *testing.T) {
	var a Attention
	if err := a.Add([]string{"a", "b"}, [][]float32{{0, 1, 0.5, 0.25}, {1, 2, -1, 0}}); err != nil {
		t.Fatal(err)
	}
	got, err := base64.StdEncoding.DecodeString(a.Sentences[0].Weights)
	if err != nil || a.Layers != 2 || a.Heads != 1 || !bytes.Equal(got, []byte{0, 255, 128, 64, 255, 255, 0, 0}) {
		t.Errorf("got %v, %d layers, %d heads, %v", got, a.Layers, a.Heads, err)
	}
	if err := a.Add([]string{"a"}, [][]float32{{1}}); err == nil {
		t.Error("a sentence with another number of layers was taken")
	}
	if err := a.Add(nil, nil); err == nil {
		t.Error("nothing was taken")
	}
}
