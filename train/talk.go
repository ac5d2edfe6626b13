package train

import (
	"log/slog"

	"gobert/bert"
	"gobert/internal/ui"
)

// Screen is the terminal of a command.
type Screen = ui.Screen

// Talk is how a run speaks to its user. All of it may be left out.
type Talk struct {
	Log      *slog.Logger
	Screen   *Screen       // for the table, and the live line at its foot
	Quiet    bool          // the screen gets nothing
	Files    bert.Progress // of a model that is downloaded
	Begin    func()        // told when training begins: from then on an interrupt saves
	Reporter Reporter      // told of every report, evaluation and checkpoint
}

// Complete fills in what was left out.
func (t *Talk) Complete() {
	if t.Log == nil {
		t.Log = slog.New(slog.DiscardHandler)
	}
	if t.Begin == nil {
		t.Begin = func() {}
	}
}

// Warn tells what is odd.
func (t *Talk) Warn(message string) {
	if t.Log != nil {
		t.Log.Warn(message)
	}
}

// shown is where the table goes; nil where nobody looks.
func (t *Talk) shown() *Screen {
	if t.Quiet {
		return nil
	}
	return t.Screen
}

// Live replaces the live line of the screen.
func (t *Talk) Live(line string) {
	if t.Screen != nil {
		t.Screen.Live(line)
	}
}
