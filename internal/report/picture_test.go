package report

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
	return Reliability{Error: 0.05, Bins: []metrics.Bin{{High: 0.5, Confidence: math.NaN(), Accuracy: math.NaN()}, {Low: 0.5, High: 1, Count: 10, Confidence: 0.8, Accuracy: 0.75}}}
}

func drawings(t *testing.T) map[string]Picture {
	t.Helper()
	out := map[string]Picture{}
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
	for i := range 60 {
		many.Labels = append(many.Labels, "x")
		many.Counts = append(many.Counts, make([]int, 60))
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
		if err := errors.Join(encode(&first, ".png", d), encode(&second, ".png", d)); err != nil {
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
		if err := encode(&svg, ".SVG", d); err != nil {
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
	if err := encode(&svg, ".svg", f); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"My title", "loss (nats)", "MLM accuracy (%)", "learning rate", "speed (tokens/s)", ">first<", ">second, held out<", ">step<", ">200<", "sans-serif",
	} {
		if !strings.Contains(svg.String(), want) {
			t.Errorf("the picture does not hold %q", want)
		}
	}
}

// TestDraw: a file appears whole, and a fault leaves none.
func TestDraw(t *testing.T) {
	folder := t.TempDir()
	if err := Draw(filepath.Join(folder, "a.png"), reliability()); err != nil {
		t.Error(err)
	}
	tests := map[string]struct {
		path string
		d    Picture
		want string
	}{
		"format":        {"a.gif", reliability(), `format ".gif" is not known`},
		"missing place": {"nowhere/b.png", reliability(), "no such file"},
	}
	for name, c := range tests {
		if err := Draw(filepath.Join(folder, c.path), c.d); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got error %v, want %q in it", name, err, c.want)
		}
	}
	if entries, _ := os.ReadDir(folder); len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}
}
