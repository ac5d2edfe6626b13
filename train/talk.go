package train

import (
	"io"
	"log/slog"

	"gobert/bert"
	"gobert/internal/fault"
	"gobert/internal/ui"
)

// Talk is how a run speaks to its user. All of it may be left out: the zero value is silent.
type Talk struct {
	Log    *slog.Logger
	Screen *Screen       // for the table, and the live line at its foot
	Quiet  bool          // the screen gets nothing
	Files  bert.Progress // of a model that is downloaded
	Begin  func()        // told when training begins: from then on the end of the context saves

	// Callbacks, on the goroutine that trains, which waits for them.
	OnStep       func(r StepReport)               // every LogEvery steps, and after the last
	OnEvaluation func(step int64, values []Value) // what was measured on held-out data
	OnSaved      func(step int64, folder string)  // a checkpoint that is whole
}

// A Screen is a stream that a run shows a table on.
type Screen = ui.Screen

// NewScreen writes to a stream: to a terminal with a live line at its foot, else plain lines.
func NewScreen(w io.Writer, terminal bool) *Screen { return ui.NewScreen(w, terminal) }

// ErrUsage is in the chain of every error that is the fault of a setting, in contrast to one of files, data or the machine.
var ErrUsage = fault.ErrUsage

// Complete fills in what was left out.
func (t *Talk) Complete() {
	if t.Log == nil {
		t.Log = slog.New(slog.DiscardHandler)
	}
	if t.Begin == nil {
		t.Begin = func() {}
	}
	if t.OnStep == nil {
		t.OnStep = func(StepReport) {}
	}
	if t.OnEvaluation == nil {
		t.OnEvaluation = func(int64, []Value) {}
	}
	if t.OnSaved == nil {
		t.OnSaved = func(int64, string) {}
	}
}

// Warn tells what is odd.
func (t *Talk) Warn(message string) {
	if t.Log != nil {
		t.Log.Warn(message)
	}
}

// Live replaces the live line of the screen.
func (t *Talk) Live(line string) {
	if t.Screen != nil {
		t.Screen.Live(line)
	}
}
