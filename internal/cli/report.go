package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"
)

// UsageError marks a fault of the command line or the configuration.
type UsageError struct{ Err error }

// Error is the fault's own text.
func (e *UsageError) Error() string { return e.Err.Error() }

// Unwrap gives the fault.
func (e *UsageError) Unwrap() error { return e.Err }

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

// report prints an error, and the hint in its parentheses on a line of its own.
func report(w io.Writer, name string, err error, code int, colored bool) int {
	label := func(word, color string) string {
		if colored {
			word = color + word + plain
		}
		return name + ": " + word + ": "
	}
	kind, color := "error", red
	if code == Interrupted {
		kind, color = "stopped", cyan
	}
	if err.Error() == context.Canceled.Error() {
		err = errors.New("by a signal")
	}
	for line := range strings.SplitSeq(err.Error(), "\n") {
		line = strings.TrimPrefix(line, name+": ") // a package of the program's name
		text, hint, found := strings.Cut(line, " (hint: ")
		if rest, ok := strings.CutSuffix(hint, ")"); found && ok {
			fmt.Fprintf(w, "%s%s\n%s%s\n", label(kind, color), text, label("hint", cyan), rest)
			continue
		}
		fmt.Fprintf(w, "%s%s\n", label(kind, color), line)
	}
	return code
}
