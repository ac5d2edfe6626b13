package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"gobert/internal/fault"
	"gobert/internal/ui"
)

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
	if fault.Hint(err) != "" {
		return err
	}
	text := err.Error()
	if unknown, found := strings.CutPrefix(text, "unknown flag --"); found && parsed != nil {
		unknown, _, _ = strings.Cut(unknown, ",")
		if said := instead(unknown, verb, parsed.Flags()); said != "" {
			return fault.New("unknown flag %s", fault.Flag(unknown)).Advise("%s", said)
		}
	}
	if word, found := strings.CutPrefix(text, "unexpected argument "); found && verb == name && parsed != nil {
		word, _, _ = strings.Cut(word, ",")
		if said := verbMeant(word, parsed.Model); said != "" {
			return fault.New("unexpected argument %s", word).Advise("%s", said)
		}
	}
	if what, guess, found := strings.Cut(text, ", did you mean "); found {
		return fault.New("%s", what).Advise("did you mean %s", guess)
	}
	if what, guess, found := strings.Cut(text, " (short flag); perhaps try "); found {
		return fault.New("%s", what).Advise("a value that begins with a dash is written %s", strings.TrimSuffix(strings.ReplaceAll(guess, `"`, ""), "?"))
	}
	return fault.New("%w", err).Advise("%s {help} lists what there is", verb)
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

// report prints an error, and its hints on lines of their own. Errors that were joined are a line each.
func (r *reporter) report(err error, code int) {
	var ended *launchedError
	if err == nil || errors.As(err, &ended) { // the ranks have said it
		return
	}
	kind, color := "error", red
	if code == Interrupted {
		kind, color = "stopped", cyan
	}
	for _, line := range fault.Lines(err, fault.Flag) {
		if code == Interrupted {
			line.Text = interruption(line.Text)
		}
		line.Text = strings.TrimPrefix(line.Text, r.name+": ") // a package of the program's name
		r.line(kind, color, line.Text)
		for _, hint := range line.Hints {
			r.line("hint", cyan, hint)
		}
	}
	if errors.Is(err, syscall.ENOSPC) && fault.Hint(err) == "" {
		r.line("hint", cyan, "make room on the disk, or give a place on another one")
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

// Text is an error with its hints on one line, for the log.
func Text(err error) string {
	var texts []string
	for _, line := range fault.Lines(err, fault.Flag) {
		texts = append(texts, fault.WithHint(line.Text, strings.Join(line.Hints, "; ")))
	}
	return strings.Join(texts, "; ")
}

// Texts is [Text] of several.
func Texts[E error](errs []E) (texts []string) {
	for _, err := range errs {
		texts = append(texts, Text(err))
	}
	return texts
}
