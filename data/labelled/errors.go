package labelled

import (
	"errors"
	"fmt"
	"strings"

	"gobert/internal/fault"
)

// Error is what is wrong with a file of labelled data, or with one row of it.
type Error struct {
	Origin Origin
	Row    bool // one row only: the rest of the file can be read
	err    *fault.Error
}

// Fault is an error of one row. The message says what is wrong and what was expected.
func Fault(at Origin, format string, args ...any) *Error {
	return &Error{Origin: at, Row: true, err: fault.New(format, args...)}
}

// Broken is an error that ends the reading of a file.
func Broken(at Origin, format string, args ...any) *Error {
	return &Error{Origin: at, err: fault.New(format, args...)}
}

// Advise adds a hint.
func (e *Error) Advise(format string, args ...any) *Error {
	e.err = e.err.Advise(format, args...)
	return e
}

// Error says package, place, and what is wrong with it.
func (e *Error) Error() string { return fmt.Sprintf("labelled: reading %s: %v", e.Origin, e.err) }

// Unwrap returns what is wrong.
func (e *Error) Unwrap() error { return e.err }

// Shorten cuts what a message quotes to so many bytes.
func Shorten(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most-3], "") + "..."
}

// IsRow reports whether an error concerns one row only.
func IsRow(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Row
}
