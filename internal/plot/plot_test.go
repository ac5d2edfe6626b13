package plot

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image/color"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gobert/internal/metrics"
	"gobert/internal/record"
)

// recorded makes a run with every kind of curve, and with values that cannot be drawn.
func recorded(name string, n int) Run {
	run := Run{Name: name}
	for i := 1; i <= n; i++ {
		x := float64(i) / float64(n)
		e := record.Entry{Kind: record.Step, Step: int64(i), Values: []record.Value{
			{Name: "loss", Value: 10 * math.Exp(-3*x)}, {Name: "learning_rate", Value: 1e-4 * (1 - x)}, {Name: "mlm_accuracy", Value: x},
		}, Timing: []record.Value{{Name: "tokens_per_second", Value: 5e4}, {Name: "seconds", Value: float64(i)}}}
		if i == n/2 {
			e.Values[0].Value = math.NaN()
		}
		run.Entries = append(run.Entries, e)
		if i%10 == 0 {
			run.Entries = append(run.Entries, record.Entry{Kind: record.Evaluation, Step: int64(i), Values: []record.Value{{Name: "loss", Value: 11 * math.Exp(-3*x)}}})
		}
	}
	return run
}

func reliability() Reliability {
	return Reliability{Title: "calibration", Error: 0.05, Bins: []metrics.Bin{{High: 0.5, Confidence: math.NaN(), Accuracy: math.NaN()}, {Low: 0.5, High: 1, Count: 10, Confidence: 0.8, Accuracy: 0.75}}}
}

func drawings(t *testing.T) map[string]Drawing {
	t.Helper()
	out := map[string]Drawing{}
	for name, o := range map[string]RunOptions{"usual": {Title: "title"}, "log over time": {Names: []string{"loss"}, X: "seconds", Log: true}} {
		for _, runs := range [][]Run{{recorded("first", 200)}, {recorded("first", 200), recorded("second", 3)}} {
			f, err := Runs(runs, o)
			if err != nil {
				t.Fatal(err)
			}
			out[name+" "+runs[len(runs)-1].Name] = f
		}
	}
	bad := []float64{math.NaN(), math.Inf(1), math.Inf(-1), -1, 0}
	out["nothing to see"] = Figure{Panels: []Panel{{Title: "log", Log: true, Curves: []Curve{{X: []float64{1, 2, 3, 4, 5}, Y: bad}}}, {Title: "empty"}}}
	out["one value"] = Figure{Panels: []Panel{{Curves: []Curve{{Name: "x", X: []float64{0}, Y: []float64{0}, Marks: true}}}, {Log: true, Curves: []Curve{{X: []float64{1}, Y: []float64{7}}}}}}
	out["confusion"] = Confusion{Labels: []string{"a", strings.Repeat("long", 40)}, Counts: [][]int{{3, 0}, {1, 1234567}}}
	many := Confusion{Title: "many"}
	for i := range 150 {
		many.Labels = append(many.Labels, "x")
		many.Counts = append(many.Counts, make([]int, 150))
		many.Counts[i][i] = 1
	}
	out["large confusion"] = many
	out["reliability"] = reliability()
	return out
}

// TestEncode draws everything in both formats, twice: the pictures are well formed, of the right size, not blank, and always
// the same bytes.
func TestEncode(t *testing.T) {
	for name, d := range drawings(t) {
		width, height := d.Size()
		var first, second bytes.Buffer
		if err := errors.Join(Encode(&first, ".png", d), Encode(&second, ".png", d)); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !bytes.Equal(first.Bytes(), second.Bytes()) {
			t.Errorf("%s: drawn twice, the bytes differ", name)
		}
		picture, err := png.Decode(&first)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		size := picture.Bounds().Size()
		if math.Abs(float64(size.X)-float64(width)*resolution/72) > 1 || math.Abs(float64(size.Y)-float64(height)*resolution/72) > 1 {
			t.Errorf("%s: the picture is %v, want %v x %v points", name, size, width, height)
		}
		used := map[color.Color]bool{}
		for y := range size.Y {
			for x := range size.X {
				used[picture.At(x, y)] = true
			}
		}
		if len(used) < 5 {
			t.Errorf("%s: only %d colours", name, len(used))
		}
		var svg bytes.Buffer
		if err := Encode(&svg, ".SVG", d); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if strings.Contains(svg.String(), "NaN") || strings.Contains(svg.String(), "Inf") {
			t.Errorf("%s: a place that is not finite was drawn", name)
		}
		if want := fmt.Sprintf(`width="%.5g" height="%.5g" viewBox="0 0 `, width, height); !strings.Contains(svg.String(), want) {
			t.Errorf("%s: no %s in %.200s", name, want, svg.String())
		}
		for d := xml.NewDecoder(&svg); ; {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
	}
}

// TestText: what a reader must find is in the picture.
func TestText(t *testing.T) {
	f, err := Runs([]Run{recorded("first", 200), recorded("second", 100)}, RunOptions{Title: "My title"})
	if err != nil {
		t.Fatal(err)
	}
	var svg bytes.Buffer
	if err := Encode(&svg, ".svg", f); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"My title", "loss (nats)", "MLM accuracy (%)", "learning rate", "speed (real tokens/s)", ">first<", ">second, held out<", ">step<", ">200<", "sans-serif",
	} {
		if !strings.Contains(svg.String(), want) {
			t.Errorf("the picture does not hold %q", want)
		}
	}
}

// TestWrite: a file appears whole, and a fault leaves none.
func TestWrite(t *testing.T) {
	folder := t.TempDir()
	if err := Write(filepath.Join(folder, "a.png"), reliability()); err != nil {
		t.Error(err)
	}
	tests := map[string]struct {
		path string
		d    Drawing
		want string
	}{
		"format":        {"a.gif", reliability(), `format ".gif" is not known`},
		"no panel":      {"b.png", Figure{}, "nothing to draw"},
		"curve":         {"b.png", Figure{Panels: []Panel{{Title: "p", Curves: []Curve{{Name: "c", X: []float64{1}}}}}}, `panel "p": curve "c" has 1 places and 0 values`},
		"smoothing":     {"b.png", Figure{Panels: []Panel{{Curves: []Curve{{Smooth: 1}}}}}, "smoothing is 1"},
		"colour":        {"b.png", Figure{Panels: []Panel{{Curves: []Curve{{Color: -1}}}}}, "colour is -1"},
		"no labels":     {"b.png", Confusion{}, "needs labels"},
		"rows":          {"b.png", Confusion{Labels: []string{"a"}}, "1 labels has 0 rows"},
		"columns":       {"b.png", Confusion{Labels: []string{"a"}, Counts: [][]int{{}}}, "row 0 of a confusion matrix of 1 labels has 0 numbers"},
		"no bins":       {"b.png", Reliability{}, "needs bins"},
		"bin":           {"b.png", Reliability{Bins: []metrics.Bin{{Low: 0.5, High: 2}}}, "goes from 0.5 to 2"},
		"missing place": {"nowhere/b.png", reliability(), "no such file"},
	}
	for name, c := range tests {
		if err := Write(filepath.Join(folder, c.path), c.d); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got error %v, want %q in it", name, err, c.want)
		}
	}
	if entries, _ := os.ReadDir(folder); len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
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
	if title := f.Panels[0].Title; title != "loss (nats)" {
		t.Errorf("the loss is titled %q", title)
	}
	if f, err := Runs(runs, RunOptions{Names: []string{"loss"}, LossUnit: "squared error"}); err != nil || f.Panels[0].Title != "loss (squared error)" {
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
		if p := f.Panels[0]; p.Share != share || p.Title != "F1 (%)" {
			t.Errorf("%v: a share: %v, titled %q", value, p.Share, p.Title)
		}
	}
}

func TestTicks(t *testing.T) {
	tests := []struct {
		low, high float64
		log       bool
		want      string
	}{
		{0, 20000, false, "0 5k 10k 15k 20k"},
		{0, 1e-4, false, "0 2e\u22125 4e\u22125 6e\u22125 8e\u22125 1e\u22124"},
		{-1, 1, false, "\u22121.0 \u22120.5 0 0.5 1.0"},
		{2.1, 2.4, false, "2.1 2.2 2.3 2.4"},
		{990, 1010, false, "990 995 1.000k 1.005k 1.010k"},
		{0, 3e6, false, "0 1M 2M 3M"},
		{1, 1000, true, "1 10 100 1k"},
		{1, 30, true, "1 2 5 10 20"},
		{1e-6, 1e-2, true, "1e\u22126 1e\u22125 1e\u22124 0.001 0.01"},
		{7, 7, false, "7"},
	}
	for _, c := range tests {
		var labels []string
		for _, tick := range (axis{c.low, c.high, c.log}).ticks(5) {
			labels = append(labels, tick.Label)
		}
		if got := strings.Join(labels, " "); got != c.want {
			t.Errorf("%v to %v: got %q, want %q", c.low, c.high, got, c.want)
		}
	}
}

func TestThin(t *testing.T) {
	p := points{make([]float64, 100_000), make([]float64, 100_000)}
	for i := range p.x {
		p.x[i], p.y[i] = float64(i), 1
	}
	p.y[777], p.y[50_001], p.y[3] = 100, -100, math.NaN()
	thin := p.thin(1200)
	if len(thin.x) > 1200 || !slices.Contains(thin.y, 100) || !slices.Contains(thin.y, -100) || !slices.IsSorted(thin.x) {
		t.Errorf("%d points, from %v to %v", len(thin.x), slices.Min(thin.y), slices.Max(thin.y))
	}
}
