package torch

import (
	"errors"
	"fmt"
	"strings"

	"gobert/internal/fault"
)

// Error is the one fault that tensor code raises: what LibTorch said, in which operator, on which shapes.
// Inside a pass it travels as a panic; [Do] and [Run] turn it into an error.
type Error struct {
	Op      string   // the operator, as our method is called
	Message string   // what LibTorch said, without its C++ stack
	Shapes  []string // the operands, as "float32[2 3]"

	hint string
}

// Hint says what to do, where that is known.
func (e *Error) Hint() string { return e.hint }

// Error says the operator, the shapes and the reason in one line.
func (e *Error) Error() string {
	text := fmt.Sprintf("torch: %s(%s): %s", e.Op, strings.Join(e.Shapes, ", "), e.Message)
	if len(e.Shapes) == 0 {
		text = fmt.Sprintf("torch: %s: %s", e.Op, e.Message)
	}
	return fault.WithHint(text, e.hint)
}

// IsOutOfMemory says whether LibTorch ran out of device memory, or of the host's.
func IsOutOfMemory(err error) bool {
	var e *Error
	return errors.As(err, &e) && (strings.Contains(e.Message, "out of memory") || strings.Contains(e.Message, "can't allocate memory"))
}

// brief leaves out what LibTorch adds for its developers: C++ stacks, the allocator's figures, how to find a failed kernel.
func brief(message string) string {
	message, _, _ = strings.Cut(message, "\nException raised from")
	message = strings.TrimSpace(message)
	switch {
	case strings.HasPrefix(message, "CUDA out of memory"):
		if head, _, found := strings.Cut(message, " is free."); found {
			return head + " is free"
		}
	case strings.HasPrefix(message, "CUDA error: "):
		message, _, _ = strings.Cut(message, "\n")
	}
	return message
}

func newError(op, message string, operands []*Tensor) *Error {
	e := &Error{Op: op, Message: brief(message)}
	if strings.HasPrefix(e.Message, "CUDA error: ") {
		e.hint = "the device is lost to this process; what was saved is whole: see nvidia-smi and the system's log, then go on from there"
	}
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
