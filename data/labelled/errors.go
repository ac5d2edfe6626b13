package labelled

import (
	"errors"
	"fmt"
)

// RowError is a fault of one row; the rest of the file can be read.
type RowError struct {
	Origin Origin
	Err    error
}

// Error says package, place, and what is wrong with it.
func (e *RowError) Error() string { return fmt.Sprintf("labelled: reading %s: %v", e.Origin, e.Err) }

// Unwrap returns what is wrong.
func (e *RowError) Unwrap() error { return e.Err }

// Fault makes a [RowError]. The message says what is wrong and what was expected, and may end in a hint.
func Fault(at Origin, format string, args ...any) error {
	return &RowError{Origin: at, Err: fmt.Errorf(format, args...)}
}

// IsRow reports whether an error concerns one row only.
func IsRow(err error) bool {
	var row *RowError
	return errors.As(err, &row)
}
