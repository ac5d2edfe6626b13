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
			{"Loss", "nats", true, []Series{{"train", steps, losses}, {"held out", []float64{1000, 5000, 9000}, []float64{5, 3, math.NaN()}}}, nil},
			{"Accuracy", "%", false, []Series{{"masked words", []float64{1000, 9000}, []float64{0.2, 0.6}}}, []Line{{"unigram", 0.136}}},
			{"Learning rate", "", false, []Series{{"learning rate", steps, rates}}, nil},
		},
		Samples: []Sample{{"The baker kneaded the", "in the kitchen.", "dough", []Moment{
			{100, []Guess{{"the", 0.1}, {".", 0.05}}}, {9000, []Guess{{"dough", 0.8}, {"bread", 0.1}}},
		}}},
		Confusion: &Confusion{[]string{"happy", "sad"}, [][]int{{40, 10}, {5, 45}}},
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
	p.Series[0].X[len(p.Series[0].X)-1] = 12_350_000
	chart := string(p.Chart())
	for _, want := range []string{">step</text>", ">nats</text>"} {
		if !strings.Contains(chart, want) {
			t.Errorf("the chart lacks %s", want)
		}
	}
	const wide = 7.0 // a digit of 12 px, at most
	for _, m := range regexp.MustCompile(`<text class="tick" x="([0-9.]+)" y="[0-9.]+" text-anchor="middle">([^<]*)</text>`).FindAllStringSubmatch(chart, -1) {
		x, err := strconv.ParseFloat(m[1], 64)
		if err != nil || x+wide*float64(len(m[2]))/2 > chartWidth || x-wide*float64(len(m[2]))/2 < 0 {
			t.Errorf("%q at %v is cut (%v)", m[2], x, err)
		}
	}
}

// TestSmoothedCurvesDoNotLag: at the end of a falling curve the strong line is where the values are.
func TestSmoothedCurvesDoNotLag(t *testing.T) {
	s := Series{Name: "training"}
	for i := range 80 {
		s.X, s.Y = append(s.X, float64(i)), append(s.Y, 6-0.05*float64(i))
	}
	smoothed := s.smooth()
	for i := range s.Y {
		if math.Abs(smoothed.Y[i]-s.Y[i]) > 0.01 {
			t.Fatalf("value %d: %v is drawn as %v", i, s.Y[i], smoothed.Y[i])
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

func TestTicksAreRoundAndInside(t *testing.T) {
	for _, a := range []axis{{low: 0, high: 1}, {low: 0.13, high: 9.7}, {low: -3, high: 4000}, {low: 1e-7, high: 3e-5}} {
		ticks := a.ticks()
		if len(ticks) < 3 || len(ticks) > 6 {
			t.Errorf("axis %v has ticks %v", a, ticks)
		}
		for _, v := range ticks {
			if v < a.low-1e-9*(a.high-a.low) || v > a.high+1e-9*(a.high-a.low) {
				t.Errorf("tick %v is outside %v", v, a)
			}
		}
	}
}

func TestTicksOfNearlyOneValueDiffer(t *testing.T) {
	low, high := span([]float64{1.38289, 1.38291})
	written := map[string]bool{}
	ticks := axis{low: low, high: high}.ticks()
	for _, v := range ticks {
		written[number(v, "")] = true
	}
	if len(ticks) < 2 || len(written) != len(ticks) {
		t.Errorf("ticks %v are written as %v", ticks, written)
	}
}

func TestNumbersAreShort(t *testing.T) {
	for _, c := range []struct {
		value float64
		unit  string
		want  string
	}{
		{0, "", "0"},
		{0.5, "%", "50%"},
		{0.1357, "%", "13.6%"},
		{2500000, "", "2.5M"},
		{51200, "", "51.2k"},
		{1e-4, "", "1e-4"},
		{3.14159, "", "3.142"},
		{3 * 5e-5, "", "1.5e-4"},
		{1.1627906976744186e-6, "", "1.163e-6"},
		{-1.0000001e-7, "", "-1e-7"},
		{12345678, "", "12.35M"},
		{98.7654e9, "", "98.77G"},
	} {
		if got := number(c.value, c.unit); got != c.want {
			t.Errorf("number(%v, %q) = %q, want %q", c.value, c.unit, got, c.want)
		}
	}
}

func TestNamesOfLinesKeepAwayFromCurves(t *testing.T) {
	p := Panel{Series: []Series{{"a", []float64{0, 50, 90, 100}, []float64{0, 0, 3, math.NaN()}}, {"b", []float64{100}, []float64{4}}}}
	for _, c := range []struct {
		line, from float64
		want       bool
	}{{2, 70, true}, {5, 70, false}, {2, 0, false}, {2, 200, false}} {
		if got := p.above(c.line, c.from); got != c.want {
			t.Errorf("above %v from step %v on: %v, want %v", c.line, c.from, got, c.want)
		}
	}
}
