package cli

import (
	"context"
	"io"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	"github.com/lmittmann/tint"
	"golang.org/x/term"

	"gobert/internal/ui"
)

// Streams are what a verb talks through: data goes to Out, talk to Err or, better, to Log.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
	Log      *slog.Logger // lines on Err: warnings always, news unless Quiet, details if Verbose

	Screen         *ui.Screen // Err itself, for a live line at its foot
	Command        string     // the program's name, for hints
	Quiet, Verbose bool
	Terminal       bool // Err is a terminal: progress may be drawn
	Color          bool // Err takes colours

	patient atomic.Bool // see SavesFirst
}

// Warn is a warning; what tells of something odd by a function gets this one.
func (s *Streams) Warn(message string) { s.Log.Warn(message) }

func newStreams(name string, g *globals, stdout *output, stderr io.Writer) *Streams {
	screen := ui.NewScreen(stderr, IsTerminal(stderr))
	s := &Streams{
		In: os.Stdin, Out: stdout, Err: screen, Screen: screen, Command: name, Quiet: g.Quiet, Verbose: g.Verbose,
		Terminal: IsTerminal(stderr), Color: colored(g.Color, stderr),
	}
	level := slog.LevelInfo
	switch {
	case g.Quiet:
		level = slog.LevelWarn
	case g.Verbose:
		level = slog.LevelDebug
	}
	options := &tint.Options{Level: level, NoColor: !s.Color, TimeFormat: time.TimeOnly}
	if s.Terminal {
		options.ReplaceAttr = visible
	}
	s.Log = slog.New(telling{tint.NewTextHandler(screen.Styled(), options)})
	return s
}

// telling is a handler that has an error beside a message behind it, in the words of the command: [Text].
type telling struct{ slog.Handler }

func (t telling) Handle(ctx context.Context, r slog.Record) error {
	told := slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
	r.Attrs(func(a slog.Attr) bool {
		if err, ok := a.Value.Any().(error); ok {
			told.Message += ": " + Text(err)
		} else {
			told.AddAttrs(a)
		}
		return true
	})
	return t.Handler.Handle(ctx, told)
}

func (t telling) WithAttrs(attrs []slog.Attr) slog.Handler {
	return telling{t.Handler.WithAttrs(attrs)}
}
func (t telling) WithGroup(name string) slog.Handler { return telling{t.Handler.WithGroup(name)} }

// visible escapes messages and what stands beside them for a terminal. (tint lets escapes pass where it may use colours.)
func visible(_ []string, a slog.Attr) slog.Attr {
	if value, ok := a.Value.Any().(string); ok {
		a.Value = slog.StringValue(ui.Visible(value))
	}
	return a
}

// IsTerminal says whether a stream is one that a person looks at.
func IsTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// colored decides as users expect: the flag first, then NO_COLOR (any value that is not empty), then whether somebody looks.
func colored(flag string, w io.Writer) bool {
	switch flag {
	case "always":
		return true
	case "never":
		return false
	}
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && IsTerminal(w)
}
