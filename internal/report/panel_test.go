package report

import (
	"math"
	"slices"
	"strings"
	"testing"

	"gobert/internal/record"
)

func TestTicks(t *testing.T) {
	tests := []struct {
		low, high float64
		log       bool
		want      string
	}{
		{0, 20000, false, "0 5k 10k 15k 20k"},
		{0, 1e-4, false, "0 2e-5 4e-5 6e-5 8e-5 1e-4"},
		{-1, 1, false, "-1 -0.5 0 0.5 1"},
		{2.1, 2.4, false, "2.1 2.2 2.3 2.4"},
		{990, 1010, false, "990 995 1k 1.005k 1.01k"},
		{0, 3e6, false, "0 1M 2M 3M"},
		{1, 1000, true, "1 10 100 1k"},
		{1, 30, true, "1 2 5 10 20"},
		{1e-6, 1e-2, true, "1e-6 1e-5 1e-4 0.001 0.01"},
	}
	for _, c := range tests {
		var labels []string
		marks := ticks("")
		if c.log {
			marks = logTicks
		}
		for _, tick := range marks(c.low, c.high) {
			labels = append(labels, tick.Label)
		}
		if got := strings.Join(labels, " "); got != c.want {
			t.Errorf("%v to %v: got %q, want %q", c.low, c.high, got, c.want)
		}
	}
}

func TestThin(t *testing.T) {
	c := Curve{X: make([]float64, 100_000), Y: make([]float64, 100_000)}
	for i := range c.X {
		c.X[i], c.Y[i] = float64(i), 1
	}
	c.Y[777], c.Y[50_001], c.Y[3] = 100, -100, math.NaN()
	thin := c.thin()
	if len(thin.X) > mostPoints || !slices.Contains(thin.Y, 100) || !slices.Contains(thin.Y, -100) || !slices.IsSorted(thin.X) {
		t.Errorf("%d points, from %v to %v", len(thin.X), slices.Min(thin.Y), slices.Max(thin.Y))
	}
}

func TestTicksOfNearlyOneValueDiffer(t *testing.T) {
	low, high := widened(1.38289, 1.38291)
	written := map[string]bool{}
	marks := ticks("")(low, high)
	for _, m := range marks {
		written[m.Label] = true
	}
	if len(marks) < 2 || len(written) != len(marks) {
		t.Errorf("ticks %v are written as %v", marks, written)
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
		{8123, "", "8.123k"},
		{999960, "", "1M"},
		{999.4, "", "999.4"},
	} {
		if got := number(c.value, c.unit); got != c.want {
			t.Errorf("number(%v, %q) = %q, want %q", c.value, c.unit, got, c.want)
		}
	}
}

// TestSmoothedCurvesDoNotLag: at the end of a falling curve the strong line is where the values are.
func TestSmoothedCurvesDoNotLag(t *testing.T) {
	c := Curve{Smooth: record.Smoothness(80)}
	for i := range 80 {
		c.X, c.Y = append(c.X, float64(i)), append(c.Y, 6-0.05*float64(i))
	}
	smoothed := c.strong()
	for i := range c.Y {
		if math.Abs(smoothed.Y[i]-c.Y[i]) > 0.01 {
			t.Fatalf("value %d: %v is drawn as %v", i, c.Y[i], smoothed.Y[i])
		}
	}
}

func TestNamesOfLinesKeepAwayFromCurves(t *testing.T) {
	p := Panel{Curves: []Curve{{X: []float64{0, 50, 90, 100}, Y: []float64{0, 0, 3, math.NaN()}}, {X: []float64{100}, Y: []float64{4}}}}
	for _, c := range []struct {
		line, from float64
		want       bool
	}{{2, 70, true}, {5, 70, false}, {2, 0, false}, {2, 200, false}} {
		if got := p.above(c.line, c.from); got != c.want {
			t.Errorf("above %v from step %v on: %v, want %v", c.line, c.from, got, c.want)
		}
	}
}
