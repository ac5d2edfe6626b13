package torch

import (
	"errors"
	"fmt"
	"strings"
)

// Error is the one fault that tensor code raises: what LibTorch said, in which operator, on which shapes.
// Inside a pass it travels as a panic; [Do] and [Run] turn it into an error.
type Error struct {
	Op      string   // the operator, as our method is called
	Message string   // what LibTorch said, without its C++ stack
	Shapes  []string // the operands, as "float32[2 3]"
}

// Error says the operator, the shapes and the reason in one line.
func (e *Error) Error() string {
	if len(e.Shapes) == 0 {
		return fmt.Sprintf("torch: %s: %s", e.Op, e.Message)
	}
	return fmt.Sprintf("torch: %s(%s): %s", e.Op, strings.Join(e.Shapes, ", "), e.Message)
}

// IsOutOfMemory says whether LibTorch ran out of device memory, or of the host's.
func IsOutOfMemory(err error) bool {
	var e *Error
	return errors.As(err, &e) && (strings.Contains(e.Message, "out of memory") || strings.Contains(e.Message, "can't allocate memory"))
}

func newError(op, message string, operands []*Tensor) *Error {
	message, _, _ = strings.Cut(message, "\nException raised from")
	e := &Error{Op: op, Message: strings.TrimSpace(message)}
	for _, t := range operands {
		if t != nil {
			e.Shapes = append(e.Shapes, t.describe())
		}
	}
	return e
}

// Throw raises the typed error for a fault that Go code finds itself.
func Throw(op, format string, args ...any) {
	panic(&Error{Op: op, Message: fmt.Sprintf(format, args...)})
}

// Catch turns a panic of this package into *err; other panics go on. Use it as `defer torch.Catch(&err)`.
func Catch(err *error) {
	switch fault := recover().(type) {
	case nil:
	case *Error:
		*err = errors.Join(*err, fault)
	default:
		panic(fault)
	}
}
