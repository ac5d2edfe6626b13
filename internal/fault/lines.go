package fault

import (
	"fmt"
	"strings"
)

// Line is one thing that went wrong, as a user reads it.
type Line struct {
	Text  string
	Hints []string
}

// Lines are what a user reads of an error: a line for each of those that were joined into it, the hints apart, and settings called
// as a function says. A line's end anywhere else came with a name or a text, and is an escape then: one error is one line.
func Lines(err error, called func(setting string) string) []Line {
	text, hint := err.Error(), ""
	switch e := err.(type) { //nolint:errorlint // of this very error
	case *Error:
		err, text, hint = e.err, e.err.Error(), e.hint
	case interface{ Hint() string }:
		if hint = e.Hint(); hint != "" {
			text = strings.TrimSuffix(text, WithHint("", hint))
		}
	}
	inner := wrapped(err)
	lines := []Line{{}}
	last := func() *Line { return &lines[len(lines)-1] }
	add := func(text string) {
		last().Text += strings.ReplaceAll(named(text, called), "\n", `\n`)
	}
	for i, one := range inner {
		before, after, found := strings.Cut(text, one.Error())
		switch {
		case !found:
			continue
		case i > 0 && before == "\n":
			lines = append(lines, Line{})
		default:
			add(before)
		}
		more := Lines(one, called)
		last().Text += more[0].Text
		last().Hints = append(last().Hints, more[0].Hints...)
		lines = append(lines, more[1:]...)
		text = after
	}
	add(text)
	if hint != "" {
		last().Hints = append(last().Hints, named(hint, called))
	}
	return lines
}

// Flag is how a command line has a setting.
func Flag(setting string) string { return "--" + setting }

// Command is a call of one of the commands, as a shell takes it: settings in the format are flags.
func Command(format string, args ...any) string {
	return named(fmt.Sprintf(marked(format), args...), Flag)
}

// Text is an error without its hints, on one line.
func Text(err error) string {
	var texts []string
	for _, line := range Lines(err, plain) {
		texts = append(texts, line.Text)
	}
	return strings.Join(texts, "; ")
}

// wrapped are the errors that one is made of, of itself and not of those below.
func wrapped(err error) []error {
	switch e := err.(type) { //nolint:errorlint // of this very error
	case interface{ Unwrap() []error }:
		return e.Unwrap()
	case interface{ Unwrap() error }:
		if inner := e.Unwrap(); inner != nil {
			return []error{inner}
		}
	}
	return nil
}
