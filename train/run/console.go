package run

import (
	"fmt"
	"slices"
	"time"

	"gobert/internal/record"
	"gobert/internal/torch"
	"gobert/internal/ui"
	"gobert/train"
)

// View says what people see of a run.
type View struct {
	On   string  // what is measured on: "held out", "dev"
	Step []Shown // measures of a step, beside its loss
	Held []Shown // measures of an evaluation and how they are written; none: all, by their names
	Peak Peak    // none: utilisation is not told
}

// console writes everything into the record of the run, and what people look at onto the screen, a row of a table for each logged
// step and a line for each evaluation.
type console struct {
	View
	record *record.Log
	talk   train.Talk
	device torch.Device
	leave  func(step int64) error // told of what is saved

	table           *ui.Table
	progress, since float64 // at the report before, for the time that is left
	fault           error
}

// Step writes a line of the record and shows it.
func (c *console) Step(s train.StepReport) {
	memory := c.device.Held()
	e := record.Entry{Kind: record.Step, Step: s.Step, Values: slices.Concat(s.Values, []train.Value{
		{Name: "learning_rate", Value: s.LearningRate}, {Name: "gradient_norm", Value: s.GradientNorm}, {Name: "tokens", Value: float64(s.TokensSeen)},
	})}
	utilisation := "-"
	e.Timing = []train.Value{{Name: "tokens_per_second", Value: s.TokensPerSec}}
	if c.Peak.FLOPs > 0 {
		mfu := s.FLOPsPerSec / c.Peak.FLOPs
		e.Timing = append(e.Timing, train.Value{Name: "mfu", Value: mfu})
		utilisation = fmt.Sprintf("%.1f%%", 100*mfu)
	}
	e.Timing = append(e.Timing, []train.Value{
		{Name: "step_seconds", Value: s.StepSeconds},
		{Name: "flops_per_second", Value: s.FLOPsPerSec},
		{Name: "data_wait", Value: s.DataWaitShare},
		{Name: "memory", Value: float64(memory)},
		{Name: "seconds", Value: s.Seconds},
		{Name: "progress", Value: s.Progress},
	}...)
	if s.SentBytes > 0 {
		e.Timing = append(e.Timing, train.Value{Name: "sent_bytes", Value: s.SentBytes})
	}
	c.append(e)
	if screen := c.screen(); screen != nil {
		if c.table == nil {
			c.table = ui.NewTable(screen, c.columns())
		}
		cells := []string{fmt.Sprint(s.Step)}
		for _, m := range append([]Shown{loss}, c.View.Step...) {
			cell := "-"
			if x, ok := train.Find(s.Values, m.Name); ok {
				cell = fmt.Sprintf("%.*f", m.Digits, x)
			}
			cells = append(cells, cell)
		}
		c.table.Row(append(cells, fmt.Sprintf("%.2e", s.LearningRate), fmt.Sprintf("%.3f", s.GradientNorm), ui.Count(s.TokensPerSec),
			utilisation, ui.Bytes(memory), c.left(s)), s.Progress)
	}
	c.talk.OnStep(s)
}

var loss = Shown{Name: "loss", Title: "loss", Digits: 4, Width: 8}

func (c *console) columns() []ui.Column {
	list := []ui.Column{{Name: "step", Width: 8}, {Name: loss.Title, Width: loss.Width}}
	for _, m := range c.View.Step {
		list = append(list, ui.Column{Name: m.Title, Width: m.Width})
	}
	return append(list, ui.Column{Name: "lr", Width: 9}, ui.Column{Name: "gnorm", Width: 7}, ui.Column{Name: "tok/s", Width: 6}, ui.Column{Name: "mfu", Width: 6},
		ui.Column{Name: "mem", Width: 6}, ui.Column{Name: "eta", Width: 6})
}

// left is the time that remains at the pace since the last report.
func (c *console) left(s train.StepReport) string {
	progress, seconds := s.Progress-c.progress, s.Seconds-c.since
	c.progress, c.since = s.Progress, s.Seconds
	if progress <= 0 || seconds <= 0 {
		return "-"
	}
	return ui.Span(time.Duration((1 - s.Progress) * seconds / progress * float64(time.Second)))
}

// Evaluation writes what was measured.
func (c *console) Evaluation(step int64, values []train.Value) {
	c.append(record.Entry{Kind: record.Evaluation, Step: step, Values: values})
	if screen := c.screen(); screen != nil {
		fmt.Fprintf(screen, "%8d %s: %s\n", step, c.On, Describe(values, c.Held))
	}
	c.talk.OnEvaluation(step, values)
}

// Saved notes a checkpoint.
func (c *console) Saved(step int64, folder string) {
	c.append(record.Entry{Kind: record.Event, Step: step, Text: "saved " + folder})
	c.failed(c.leave(step))
	c.talk.OnSaved(step, folder)
}

// Sync makes the record last before a checkpoint does, and brings up what went wrong since.
func (c *console) Sync() error {
	if c.fault != nil {
		return c.fault
	}
	return c.record.Sync()
}

// screen is where the table goes; nil where nobody looks.
func (c *console) screen() *train.Screen {
	if c.talk.Quiet {
		return nil
	}
	return c.talk.Screen
}

func (c *console) append(e record.Entry) { c.failed(c.record.Append(e)) }

// failed keeps the first fault: a Reporter has no other way to tell.
func (c *console) failed(err error) {
	if c.fault == nil {
		c.fault = err
	}
}

// LastMeasured is the last evaluation in the record of a run's folder; nothing of a run that begins.
func LastMeasured(folder string) ([]train.Value, error) {
	entries, err := record.Read(folder)
	for _, e := range slices.Backward(entries) {
		if e.Kind == record.Evaluation {
			return e.Values, err
		}
	}
	return nil, err
}
