package plot

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

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
	Smooth float64  // weight of the past in the smoothed line; 0 chooses by length, below 0 smooths nothing
	Log    bool     // logarithmic axes for all losses

	LossUnit string // of the measure "loss"; empty: nats
}

// hidden are measures that are no curve of interest unless asked for.
func hidden() []string {
	return []string{"tokens", "seconds", "progress", "flops_per_second", "memory", "data_wait", "step"}
}

// Runs makes the figure of runs over each other: a panel per measure, a colour per run, its training as a line and its
// evaluations as dots.
func Runs(runs []Run, o RunOptions) (Figure, error) {
	f := Figure{Title: o.Title, XLabel: o.X}
	if o.X == "" || o.X == "step" {
		o.X, f.XLabel = "", "step"
	}
	var unit float64
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
			m.title = "loss (" + o.LossUnit + ")"
		}
		panel := Panel{Title: m.title, Zero: m.zero, Log: m.log || o.Log && isLoss(name)}
		for i, run := range runs {
			panel.Curves = append(panel.Curves, run.curves(name, i, len(runs) > 1, o)...)
		}
		for _, c := range panel.Curves {
			for i := range c.X {
				if unit > 0 {
					c.X[i] /= unit
				}
			}
		}
		panel.Share = m.share && !slices.ContainsFunc(panel.Curves, inPercent)
		if len(panel.Curves) == 0 {
			return Figure{}, fmt.Errorf("plot: no run has a measure named %q (hint: there are %v)", name, all(runs))
		}
		f.Panels = append(f.Panels, panel)
	}
	if len(f.Panels) == 0 {
		return Figure{}, fmt.Errorf("plot: the record of these runs holds no measures yet")
	}
	return f, nil
}

// inPercent tells shares that are in per cent already, as SQuAD's measures are.
func inPercent(c Curve) bool { return len(c.Y) > 0 && slices.Max(c.Y) > 1 }

// timeUnit chooses a unit in which the longest run has a number that is easy to read.
func timeUnit(runs []Run) (label string, seconds float64) {
	var longest float64
	for _, run := range runs {
		_, values := record.Series(run.Entries, record.Step, "seconds")
		for _, v := range values {
			longest = max(longest, v)
		}
	}
	switch {
	case longest > 2*3600:
		return "time (hours)", 3600
	case longest > 5*60:
		return "time (minutes)", 60
	}
	return "time (seconds)", 1
}

func isLoss(name string) bool { return strings.HasSuffix(name, "loss") }

// curves are the training line and the evaluation dots of a measure.
func (r Run) curves(name string, i int, several bool, o RunOptions) []Curve {
	var curves []Curve
	for _, kind := range []record.Kind{record.Step, record.Evaluation} {
		x, y := r.series(kind, name, o.X)
		if len(y) == 0 {
			continue
		}
		c := Curve{X: x, Y: y, Color: i}
		switch {
		case kind == record.Evaluation && several:
			c.Name, c.Marks = r.Name+", held out", true
		case kind == record.Evaluation:
			c.Name, c.Marks, c.Color = "held out", true, i+1
		case several:
			c.Name = r.Name
		default:
			c.Name = "training"
		}
		if kind == record.Step && o.Smooth >= 0 && !exact(name) {
			c.Smooth = o.Smooth
			if c.Smooth == 0 {
				c.Smooth = record.Smoothness(len(y))
			}
		}
		curves = append(curves, c)
	}
	return curves
}

// exact are measures without noise, which smoothing would only bend.
func exact(name string) bool { return name == "learning_rate" || name == "tokens" || name == "seconds" }

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

// all lists the measures of runs.
func all(runs []Run) []string {
	var names []string
	for _, run := range runs {
		for _, kind := range []record.Kind{record.Step, record.Evaluation} {
			for _, name := range record.Names(run.Entries, kind) {
				if !slices.Contains(names, name) {
					names = append(names, name)
				}
			}
		}
	}
	return names
}

// usual are the measures worth a panel, the most important first.
func usual(runs []Run) []string {
	names := slices.DeleteFunc(all(runs), func(name string) bool { return slices.Contains(hidden(), name) })
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(describe(a).order, describe(b).order) })
	return names
}
