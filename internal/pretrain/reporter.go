package pretrain

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gobert/internal/record"
	"gobert/internal/torch"
	"gobert/internal/ui"
	"gobert/train"
)

// reporter writes the record and talks to the user. It is train's Reporter.
type reporter struct {
	log    *record.Log
	table  *ui.Table
	screen *ui.Screen
	device torch.Device
	peak   train.Peak
	quiet  bool
	saved  func(folder string) error
	label  string // of what is measured on

	nsp   bool
	last  pace // of the report before, for the time that is left
	fault error
}

// pace is a point of the run.
type pace struct{ progress, seconds float64 }

func columns(nsp bool) []ui.Column {
	list := []ui.Column{{Name: "step", Width: 8}, {Name: "loss", Width: 8}, {Name: "mlm", Width: 7}, {Name: "acc", Width: 6}}
	if nsp {
		list = append(list, ui.Column{Name: "nsp", Width: 7}, ui.Column{Name: "acc", Width: 6})
	}
	return append(list, ui.Column{Name: "lr", Width: 9}, ui.Column{Name: "gnorm", Width: 7}, ui.Column{Name: "tok/s", Width: 6}, ui.Column{Name: "mfu", Width: 6},
		ui.Column{Name: "mem", Width: 6}, ui.Column{Name: "eta", Width: 6})
}

// find picks a number by name.
func find(values []train.Value, name string) (float64, bool) {
	for _, v := range values {
		if v.Name == name {
			return v.Value, true
		}
	}
	return 0, false
}

func cell(values []train.Value, name, format string) string {
	if x, ok := find(values, name); ok {
		return fmt.Sprintf(format, x)
	}
	return "-"
}

// Step writes a line of the record and shows it.
func (r *reporter) Step(s train.StepReport) {
	memory := train.Memory(r.device)
	mfu := 0.0
	if r.peak.FLOPs > 0 {
		mfu = s.FLOPsPerSec / r.peak.FLOPs
	}
	e := record.Entry{Kind: record.Step, Step: s.Step, Values: recorded(s.Values)}
	e.Values = append(e.Values, record.Value{Name: "learning_rate", Value: s.LearningRate}, record.Value{Name: "gradient_norm", Value: s.GradientNorm},
		record.Value{Name: "tokens", Value: float64(s.TokensSeen)})
	e.Timing = []record.Value{
		{Name: "tokens_per_second", Value: s.TokensPerSec},
		{Name: "mfu", Value: mfu},
		{Name: "step_seconds", Value: s.StepSeconds},
		{Name: "flops_per_second", Value: s.FLOPsPerSec},
		{Name: "data_wait", Value: s.DataWaitShare},
		{Name: "memory", Value: float64(memory)},
		{Name: "seconds", Value: s.Seconds},
		{Name: "progress", Value: s.Progress},
	}
	r.append(e)
	if r.quiet {
		return
	}
	cells := []string{fmt.Sprint(s.Step), cell(s.Values, "loss", "%.4f"), cell(s.Values, "mlm_loss", "%.4f"), cell(s.Values, "mlm_accuracy", "%.4f")}
	if r.nsp {
		cells = append(cells, cell(s.Values, "nsp_loss", "%.4f"), cell(s.Values, "nsp_accuracy", "%.4f"))
	}
	r.table.Row(append(cells, fmt.Sprintf("%.2e", s.LearningRate), fmt.Sprintf("%.3f", s.GradientNorm), ui.Count(s.TokensPerSec),
		fmt.Sprintf("%.1f%%", 100*mfu), ui.Bytes(memory), r.left(s)), s.Progress)
}

// left is the time that remains at the pace since the last report.
func (r *reporter) left(s train.StepReport) string {
	before := r.last
	r.last = pace{s.Progress, s.Seconds}
	if s.Progress <= before.progress || s.Seconds <= before.seconds {
		return "-"
	}
	seconds := (1 - s.Progress) * (s.Seconds - before.seconds) / (s.Progress - before.progress)
	return ui.Span(time.Duration(seconds * float64(time.Second)))
}

// Evaluation writes what was measured.
func (r *reporter) Evaluation(step int64, values []train.Value) {
	e := record.Entry{Kind: record.Evaluation, Step: step, Values: recorded(values)}
	for i, v := range e.Values {
		e.Values[i].Name = strings.TrimPrefix(v.Name, evalPrefix) // the kind says it already
	}
	r.append(e)
	if r.quiet {
		return
	}
	fmt.Fprintf(r.screen, "%8d %s: %s\n", step, r.label, Describe(values))
}

// evalPrefix goes before the names of held-out measures.
const evalPrefix = "eval_"

// lastMeasured is the last evaluation of a run that goes on, from its record; nothing of a run that begins.
func lastMeasured(out string) (values []train.Value, err error) {
	entries, err := record.Read(out)
	for _, e := range slices.Backward(entries) {
		if e.Kind == record.Evaluation {
			for _, v := range e.Values {
				values = append(values, train.Value{Name: evalPrefix + v.Name, Value: v.Value})
			}
			break
		}
	}
	return values, err
}

// Describe writes held-out measures for people.
func Describe(values []train.Value) string {
	var parts []string
	for _, f := range []struct{ name, format string }{
		{"eval_loss", "loss %.4f"},
		{"eval_mlm_loss", "mlm %.4f"},
		{"eval_perplexity", "perplexity %.2f"},
		{"eval_mlm_accuracy", "accuracy %.4f"},
		{"eval_nsp_loss", "nsp %.4f"},
		{"eval_nsp_accuracy", "accuracy %.4f"},
	} {
		if x, ok := find(values, f.name); ok {
			parts = append(parts, fmt.Sprintf(f.format, x))
		}
	}
	return strings.Join(parts, ", ")
}

// Saved notes a checkpoint and shows it to the outside.
func (r *reporter) Saved(step int64, folder string) {
	r.append(record.Entry{Kind: record.Event, Step: step, Text: "saved " + folder})
	if err := r.saved(folder); err != nil && r.fault == nil {
		r.fault = err
	}
}

// Sync makes the record last before a checkpoint does, and brings up what went wrong since.
func (r *reporter) Sync() error {
	if r.fault != nil {
		return r.fault
	}
	return r.log.Sync()
}

func (r *reporter) append(e record.Entry) {
	if err := r.log.Append(e); err != nil && r.fault == nil {
		r.fault = err
	}
}

func recorded(values []train.Value) []record.Value {
	list := make([]record.Value, len(values))
	for i, v := range values {
		list[i] = record.Value(v)
	}
	return list
}
