package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"

	"gobert/internal/fault"
	"gobert/internal/ui"
)

// UsageError marks a fault of the command line or the configuration.
type UsageError struct{ Err error }

// Error is the fault's own text.
func (e *UsageError) Error() string { return e.Err.Error() }

// Unwrap gives the fault.
func (e *UsageError) Unwrap() error { return e.Err }

// Misused marks an error as one of the command line; none stays none.
func Misused(err error) error {
	if err == nil {
		return nil
	}
	return &UsageError{err}
}

// explain turns the parser's complaint into ours: what it takes for a typing error becomes the hint.
func explain(err error, name string, parsed *kong.Context) error {
	var parse *kong.ParseError
	if errors.As(err, &parse) {
		parsed = parse.Context
	}
	verb := name
	if parsed != nil && parsed.Selected() != nil {
		verb = parsed.Selected().FullPath()
	}
	text := err.Error()
	if strings.Contains(text, "(hint: ") {
		return err
	}
	if unknown, found := strings.CutPrefix(text, "unknown flag --"); found && parsed != nil {
		unknown, _, _ = strings.Cut(unknown, ",")
		if said := instead(unknown, verb, parsed.Flags()); said != "" {
			return fmt.Errorf("unknown flag --%s (hint: %s)", unknown, said)
		}
	}
	if what, guess, found := strings.Cut(text, ", did you mean "); found {
		return fmt.Errorf("%s (hint: did you mean %s)", what, guess)
	}
	if what, guess, found := strings.Cut(text, " (short flag); perhaps try "); found {
		return fmt.Errorf("%s (hint: a value that begins with a dash is written %s)", what, strings.TrimSuffix(strings.ReplaceAll(guess, `"`, ""), "?"))
	}
	return fmt.Errorf("%w (hint: %s --help lists what there is)", err, verb)
}

// The colours of the two words.
const (
	red   = "\x1b[31m"
	cyan  = "\x1b[36m"
	plain = "\x1b[0m"
)

// reporter tells an error.
type reporter struct {
	name              string // the program's
	w                 io.Writer
	terminal, colored bool
}

// report prints an error, and the hint in its parentheses on a line of its own. Errors that were joined are a line each.
func (r *reporter) report(err error, code int) {
	if err == nil {
		return
	}
	kind, color := "error", red
	if code == Interrupted {
		kind, color = "stopped", cyan
	}
	for _, line := range faultLines(err) {
		if code == Interrupted {
			line = interruption(line)
		}
		line = strings.TrimPrefix(line, r.name+": ") // a package of the program's name
		text, hint, found := strings.Cut(line, " (hint: ")
		if rest, ok := strings.CutSuffix(hint, ")"); found && ok {
			r.line(kind, color, text)
			r.line("hint", cyan, rest)
			continue
		}
		r.line(kind, color, line)
	}
}

func (r *reporter) line(kind, color, text string) {
	if r.colored {
		kind = color + kind + plain
	}
	if r.terminal {
		text = ui.Visible(text)
	}
	fmt.Fprintf(r.w, "%s: %s: %s\n", r.name, kind, text)
}

// interruption is what a signal did, in words that are not Go's.
func interruption(text string) string {
	if text == context.Canceled.Error() {
		return "by a signal"
	}
	return strings.ReplaceAll(text, context.Canceled.Error(), "interrupted")
}

// faultLines are the errors that were joined into one, a line each. A line's end anywhere else came with a name or a text, and
// is shown as an escape: one error is one line.
func faultLines(err error) []string {
	text := err.Error()
	if f, ok := err.(*fault.Error); ok { //nolint:errorlint // of this very error
		text = f.Text(asFlag)
	}
	switch inner := any(err).(type) { // of this very error, not of what it wraps
	case interface{ Unwrap() []error }:
		var parts, lines []string
		for _, e := range inner.Unwrap() {
			parts, lines = append(parts, e.Error()), append(lines, faultLines(e)...)
		}
		if strings.Join(parts, "\n") == text {
			return lines
		}
	case interface{ Unwrap() error }:
		wrapped := inner.Unwrap()
		if wrapped == nil {
			break
		}
		if before, after, found := strings.Cut(text, wrapped.Error()); found {
			lines := faultLines(wrapped)
			lines[0] = oneLine(before) + lines[0]
			lines[len(lines)-1] += oneLine(after)
			return lines
		}
	}
	return []string{oneLine(text)}
}

// asFlag is a setting as the command line has it.
func asFlag(setting string) string { return "--" + setting }

func oneLine(text string) string { return strings.ReplaceAll(text, "\n", `\n`) }
