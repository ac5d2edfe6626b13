// Package fault has errors that say what to do about them. A library does not know that its settings are flags of some command: it
// writes {seq-length} where a setting stands, in the message and in the hint, and whoever shows the error writes it as users know it.
//
//	return fault.Usage("{batch} is %d: expected 1 or more", n).Advise("with less memory, a larger {accumulate}")
//
// Files: fault.go (the error), list.go (several at once), lines.go (what a user reads of it), caught.go, group.go (a
// panic as an error).
package fault

import (
	"errors"
	"fmt"
	"regexp"
)

// ErrUsage is in the chain of every fault of what a user asked for, in contrast to one of files, data or the machine.
var ErrUsage = errors.New("a setting is wrong")

// Error is what went wrong, and what to do about it.
type Error struct {
	err   error  // the message, its settings marked
	hint  string // likewise
	usage bool
}

// New is an error. Settings in the format, though not in what it is filled with, stand in braces.
func New(format string, args ...any) *Error { return &Error{err: fmt.Errorf(marked(format), args...)} }

// Usage is an error of what was asked for.
func Usage(format string, args ...any) *Error {
	e := New(format, args...)
	e.usage = true
	return e
}

// Advise adds a hint.
func (e *Error) Advise(format string, args ...any) *Error {
	e.hint = fmt.Sprintf(marked(format), args...)
	return e
}

// Error is the message and the hint, with settings called by their names.
func (e *Error) Error() string { return WithHint(named(e.err.Error(), plain), e.Hint()) }

// WithHint is a message with its hint, if it has one. An error of any type whose text ends so, and that has a method Hint, is told
// as one of ours.
func WithHint(message, hint string) string {
	if hint == "" {
		return message
	}
	return message + " (hint: " + hint + ")"
}

// Hint is the first hint in an error's chain; "" where there is none.
func Hint(err error) string {
	for e := (*Error)(nil); errors.As(err, &e); err = e.Unwrap() {
		if e.hint != "" {
			return e.Hint()
		}
	}
	return ""
}

// Hint is what to do, with settings called by their names.
func (e *Error) Hint() string { return named(e.hint, plain) }

// Unwrap gives what was wrapped with %w.
func (e *Error) Unwrap() error { return e.err }

// Is finds [ErrUsage].
func (e *Error) Is(target error) bool { return e.usage && target == ErrUsage }

// A setting is marked by characters that stand in no text.
var (
	braces = regexp.MustCompile(`\{([a-z][a-z0-9-]*)\}`)
	marks  = regexp.MustCompile("\x01([a-z][a-z0-9-]*)\x02")
)

func marked(format string) string { return braces.ReplaceAllString(format, "\x01$1\x02") }

// named calls the marked settings of a text as a function says.
func named(text string, called func(setting string) string) string {
	return marks.ReplaceAllStringFunc(text, func(m string) string { return called(m[1 : len(m)-1]) })
}

func plain(setting string) string { return setting }
