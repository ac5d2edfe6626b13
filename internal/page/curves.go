package page

import (
	"fmt"
	"strings"

	"gobert/internal/record"
	"gobert/internal/report"
)

// Curve says what a panel shows: a number of the record, as it was in training and as it was on held-out data.
type Curve struct {
	Title  string
	Unit   string // as in report.Panel
	Name   string // in the record
	Held   string // what held-out data is called; "held out" by default
	Smooth bool   // the training curve is noisy
	Lines  []report.Line
}

// evalPrefix stands before the names of held-out numbers in some records.
const evalPrefix = "eval_"

// Curves draws those curves of which the record holds something.
func Curves(entries []record.Entry, list []Curve) (panels []report.Panel) {
	for _, c := range list {
		p := report.Panel{Title: c.Title, Unit: c.Unit, Smooth: c.Smooth, Lines: c.Lines}
		add := func(series string, kind record.Kind, name string) {
			if x, y := record.Series(entries, kind, name); len(x) > 0 {
				p.Series = append(p.Series, report.Series{Name: series, X: x, Y: y})
			}
		}
		held := c.Held
		if held == "" {
			held = "held out"
		}
		add("training", record.Step, c.Name)
		add(held, record.Evaluation, c.Name)
		add(held, record.Evaluation, evalPrefix+c.Name)
		if len(p.Series) == 1 && p.Series[0].Name == "training" {
			p.Series[0].Name = strings.ToLower(c.Title)
		}
		if len(p.Series) > 0 {
			panels = append(panels, p)
		}
	}
	return panels
}

// Machinery are the curves that every run has: learning rate, gradient norm, speed.
func Machinery() []Curve {
	return []Curve{
		{Title: "Learning rate", Name: "learning_rate"},
		{Title: "Gradient norm", Name: "gradient_norm", Smooth: true},
		{Title: "Speed", Name: "tokens_per_second", Unit: "tokens/s", Smooth: true},
	}
}

// Measure finds a held-out number of an entry, whether its name has a prefix or not.
func Measure(e record.Entry, name string) (float64, bool) {
	if v, ok := e.Value(name); ok {
		return v, true
	}
	return e.Value(evalPrefix + name)
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
