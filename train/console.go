package train

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gobert/internal/record"
	"gobert/internal/torch"
	"gobert/internal/ui"
)

// Log is the record of a run, in its folder.
type Log = record.Log

// Console is the Reporter of the command lines: everything goes into the record of the run, and what people look at onto the screen,
// a row of a table for each logged step and a line for each evaluation.
type Console struct {
	Record *Log
	Talk   Talk
	Device torch.Device
	Peak   Peak    // none: utilisation is not told
	Shown  []Shown // measures of a step, beside its loss
	On     string  // what is measured on: "held out", "dev"
	Held   []Shown // measures of an evaluation and how they are written; none: all, by their names

	table           *ui.Table
	progress, since float64 // at the report before, for the time that is left
	fault           error
}

// Shown is a measure that people see.
type Shown struct {
	Name   string // "mlm_loss"
	Title  string // "mlm"
	Digits int    // behind the point
	Width  int    // of its column
}

// Find picks a number by name.
func Find(values []Value, name string) (float64, bool) {
	if i := slices.IndexFunc(values, func(v Value) bool { return v.Name == name }); i >= 0 {
		return values[i].Value, true
	}
	return 0, false
}

// Step writes a line of the record and shows it.
func (c *Console) Step(s StepReport) {
	memory := Memory(c.Device)
	e := record.Entry{Kind: record.Step, Step: s.Step, Values: slices.Concat(s.Values, []Value{
		{Name: "learning_rate", Value: s.LearningRate}, {Name: "gradient_norm", Value: s.GradientNorm}, {Name: "tokens", Value: float64(s.TokensSeen)},
	})}
	utilisation := "-"
	e.Timing = []Value{{Name: "tokens_per_second", Value: s.TokensPerSec}}
	if c.Peak.FLOPs > 0 {
		mfu := s.FLOPsPerSec / c.Peak.FLOPs
		e.Timing = append(e.Timing, Value{Name: "mfu", Value: mfu})
		utilisation = fmt.Sprintf("%.1f%%", 100*mfu)
	}
	e.Timing = append(e.Timing, []Value{
		{Name: "step_seconds", Value: s.StepSeconds},
		{Name: "flops_per_second", Value: s.FLOPsPerSec},
		{Name: "data_wait", Value: s.DataWaitShare},
		{Name: "memory", Value: float64(memory)},
		{Name: "seconds", Value: s.Seconds},
		{Name: "progress", Value: s.Progress},
	}...)
	c.append(e)
	if screen := c.Talk.shown(); screen != nil {
		if c.table == nil {
			c.table = ui.NewTable(screen, c.columns())
		}
		cells := []string{fmt.Sprint(s.Step)}
		for _, m := range append([]Shown{loss}, c.Shown...) {
			cell := "-"
			if x, ok := Find(s.Values, m.Name); ok {
				cell = fmt.Sprintf("%.*f", m.Digits, x)
			}
			cells = append(cells, cell)
		}
		c.table.Row(append(cells, fmt.Sprintf("%.2e", s.LearningRate), fmt.Sprintf("%.3f", s.GradientNorm), ui.Count(s.TokensPerSec),
			utilisation, ui.Bytes(memory), c.left(s)), s.Progress)
	}
	c.Talk.OnStep(s)
}

var loss = Shown{"loss", "loss", 4, 8}

func (c *Console) columns() []ui.Column {
	list := []ui.Column{{Name: "step", Width: 8}, {Name: loss.Title, Width: loss.Width}}
	for _, m := range c.Shown {
		list = append(list, ui.Column{Name: m.Title, Width: m.Width})
	}
	return append(list, ui.Column{Name: "lr", Width: 9}, ui.Column{Name: "gnorm", Width: 7}, ui.Column{Name: "tok/s", Width: 6}, ui.Column{Name: "mfu", Width: 6},
		ui.Column{Name: "mem", Width: 6}, ui.Column{Name: "eta", Width: 6})
}

// left is the time that remains at the pace since the last report.
func (c *Console) left(s StepReport) string {
	progress, seconds := s.Progress-c.progress, s.Seconds-c.since
	c.progress, c.since = s.Progress, s.Seconds
	if progress <= 0 || seconds <= 0 {
		return "-"
	}
	return ui.Span(time.Duration((1 - s.Progress) * seconds / progress * float64(time.Second)))
}

// Evaluation writes what was measured.
func (c *Console) Evaluation(step int64, values []Value) {
	c.append(record.Entry{Kind: record.Evaluation, Step: step, Values: values})
	if screen := c.Talk.shown(); screen != nil {
		fmt.Fprintf(screen, "%8d %s: %s\n", step, c.On, Describe(values, c.Held))
	}
	c.Talk.OnEvaluation(step, values)
}

// Describe writes measures for people: those that are asked for, or all.
func Describe(values []Value, shown []Shown) string {
	if shown == nil {
		for _, v := range values {
			shown = append(shown, Shown{Name: v.Name, Title: v.Name, Digits: 4})
		}
	}
	var parts []string
	for _, m := range shown {
		if x, ok := Find(values, m.Name); ok {
			parts = append(parts, fmt.Sprintf("%s %.*f", m.Title, m.Digits, x))
		}
	}
	return strings.Join(parts, ", ")
}

// Saved notes a checkpoint.
func (c *Console) Saved(step int64, folder string) {
	c.append(record.Entry{Kind: record.Event, Step: step, Text: "saved " + folder})
	c.Talk.OnSaved(step, folder)
}

// Sync makes the record last before a checkpoint does, and brings up what went wrong since.
func (c *Console) Sync() error {
	if c.fault != nil {
		return c.fault
	}
	return c.Record.Sync()
}

func (c *Console) append(e record.Entry) { c.failed(c.Record.Append(e)) }

// failed keeps the first fault: a Reporter has no other way to tell.
func (c *Console) failed(err error) {
	if c.fault == nil {
		c.fault = err
	}
}

// LastMeasured is the last evaluation in the record of a run's folder; nothing of a run that begins.
func LastMeasured(folder string) ([]Value, error) {
	entries, err := record.Read(folder)
	for _, e := range slices.Backward(entries) {
		if e.Kind == record.Evaluation {
			return e.Values, err
		}
	}
	return nil, err
}
