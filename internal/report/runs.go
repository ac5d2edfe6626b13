package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gobert/internal/fault"
	"gobert/internal/record"
)

// Run is a recorded run and the name that the legend gives it.
type Run struct {
	Name    string
	Entries []record.Entry
}

// RunOptions say what of runs is drawn. The zero value draws losses, accuracies, the learning rate and the speed over steps.
type RunOptions struct {
	Title  string
	Names  []string // of the measures to draw, in this order; none: the usual ones
	X      string   // "step", or the name of a number such as "tokens" or "seconds"; empty: step
	Smooth float64  // weight of neighbours in the smoothed line; 0 chooses by length, below 0 smooths nothing
	Log    bool     // logarithmic axes for all losses

	LossUnit string // of the measure "loss"; empty: nats
}

// Runs makes the figure of runs over each other: a panel per measure, a colour per run, its training as a line and its
// evaluations as dots.
func Runs(runs []Run, o RunOptions) (Figure, error) {
	f := Figure{Title: o.Title, XLabel: o.X}
	if o.X == "" || o.X == "step" {
		o.X, f.XLabel = "", "step"
	}
	unit := 1.0
	if o.X == "seconds" {
		f.XLabel, unit = timeUnit(runs)
	}
	names := o.Names
	if len(names) == 0 {
		names = usual(runs)
	}
	for _, name := range names {
		m := describe(name)
		if name == "loss" && o.LossUnit != "" {
			m.Unit = o.LossUnit
		}
		m.Log = m.Log || o.Log && strings.HasSuffix(name, "loss")
		p := m.panel(runs, o)
		if len(p.Curves) == 0 {
			return f, fault.New("report: no run has a measure named %q", name).Advise("there are %v", all(runs))
		}
		for _, c := range p.Curves {
			for i := range c.X {
				c.X[i] /= unit
			}
		}
		f.Panels = append(f.Panels, p)
	}
	if len(f.Panels) == 0 {
		return f, fmt.Errorf("report: the record of these runs holds no measures yet")
	}
	return f, nil
}

// Panels are the charts of one run for a page, of those measures of which the record holds something.
func Panels(entries []record.Entry, list []Measure) (panels []Panel) {
	for _, m := range list {
		p := m.panel([]Run{{Entries: entries}}, RunOptions{})
		if len(p.Curves) == 1 && p.Curves[0].Name == "training" {
			p.Curves[0].Name = strings.ToLower(m.Title)
		}
		if len(p.Curves) > 0 {
			panels = append(panels, p)
		}
	}
	return panels
}

// timeUnit chooses a unit in which the longest run has a number that is easy to read.
func timeUnit(runs []Run) (label string, seconds float64) {
	var longest float64
	for _, run := range runs {
		_, values := record.Series(run.Entries, record.Step, "seconds")
		longest = slices.Max(append(values, longest))
	}
	switch {
	case longest > 2*3600:
		return "time (hours)", 3600
	case longest > 5*60:
		return "time (minutes)", 60
	}
	return "time (seconds)", 1
}

// panel draws a measure of runs over each other.
func (m Measure) panel(runs []Run, o RunOptions) Panel {
	p := Panel{Title: m.Title, Unit: m.Unit, Log: m.Log, Zero: m.Zero, Lines: m.Lines}
	for i, run := range runs {
		for _, kind := range []record.Kind{record.Step, record.Evaluation} {
			c := Curve{Name: "training", Color: i, Marks: kind == record.Evaluation}
			if c.X, c.Y = run.series(kind, m.Name, o.X); len(c.Y) == 0 {
				continue
			}
			switch {
			case len(runs) > 1 && c.Marks:
				c.Name = run.Name + ", held out"
			case len(runs) > 1:
				c.Name = run.Name
			case c.Marks:
				c.Name, c.Color = m.Held, i+1
			}
			if c.Name == "" {
				c.Name = "held out"
			}
			if kind == record.Step && o.Smooth >= 0 && !m.exact {
				c.Smooth = o.Smooth
				if c.Smooth == 0 {
					c.Smooth = record.Smoothness(len(c.Y))
				}
			}
			p.Curves = append(p.Curves, c)
		}
	}
	// Shares may be in per cent already, as SQuAD's measures are.
	if p.Unit == "%" && slices.ContainsFunc(p.Curves, func(c Curve) bool { return slices.Max(c.Y) > 1 }) {
		p.Title, p.Unit = p.titled(), ""
	}
	return p
}

// series gives a measure over steps, or over another number. An evaluation has the other number of the step before it.
func (r Run) series(kind record.Kind, name, x string) (xs, ys []float64) {
	last := math.NaN()
	for _, e := range r.Entries {
		at := float64(e.Step)
		if x != "" {
			if v, ok := e.Value(x); ok {
				last = v
			}
			at = last
		}
		if e.Kind != kind {
			continue
		}
		if v, ok := e.Value(name); ok {
			xs, ys = append(xs, at), append(ys, v)
		}
	}
	return xs, ys
}

// Last is the last entry of a kind.
func Last(entries []record.Entry, kind record.Kind) (e record.Entry, ok bool) {
	for _, x := range entries {
		if x.Kind == kind {
			e, ok = x, true
		}
	}
	return e, ok
}

// Ending says what the training loss was at the end: the mean over the last twentieth of what was logged, which is as noisy as a
// single step is not, and as near the last evaluation as can be.
func Ending(entries []record.Entry) (text string, ok bool) {
	steps, losses := record.Series(entries, record.Step, "loss")
	const share, least = 20, 10
	n := min(len(losses), max(least, len(losses)/share))
	if n == 0 {
		return "", false
	}
	sum := 0.0
	for _, loss := range losses[len(losses)-n:] {
		sum += loss
	}
	return fmt.Sprintf("%.4g, mean of steps %.0f to %.0f", sum/float64(n), steps[len(steps)-n], steps[len(steps)-1]), true
}
