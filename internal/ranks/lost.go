package ranks

import (
	"fmt"

	"gobert/internal/fault"
)

// Lost is the error of all other ranks when one is gone, does not answer, or ends by a fault of its own.
type Lost struct {
	Rank   int
	Where  string // "pid 4711 on host-b", as the rank said when it came; "" where it never did
	Reason string // "it gives no sign of life"
	Advice string // a hint of the rank that failed
	Kind   Loss
	// Away is how many of the ranks that came cannot hear of it.
	Away int
	// Cause is the error itself, on the rank that failed by it.
	Cause error `json:"-"`
}

// Loss is the kind of a loss.
type Loss int

// The kinds: the process or its machine is gone, as far as others can tell; it failed and could still tell why; it never came.
const (
	Gone Loss = iota
	Failed
	Absent
)

// ExitLost is the exit code of a run that ended with the loss of a rank: EX_TEMPFAIL. Nothing is wrong with what was asked, and a
// launcher may start the run again. A rank that failed by a fault of its own has an exit code of its own.
const ExitLost = 75

// Error names the rank.
func (e *Lost) Error() string {
	where := ""
	if e.Where != "" {
		where = " (" + e.Where + ")"
	}
	switch {
	case e.Kind == Absent:
		return e.Reason
	case e.Cause != nil:
		return fmt.Sprintf("rank %d%s failed: %v", e.Rank, where, e.Cause)
	case e.Kind == Failed:
		return fault.WithHint(fmt.Sprintf("rank %d%s failed: %s", e.Rank, where, e.Reason), e.Hint())
	}
	return fault.WithHint(fmt.Sprintf("rank %d%s is lost: %s", e.Rank, where, e.Reason), e.Hint())
}

// Unwrap gives the cause, where this is the rank that failed.
func (e *Lost) Unwrap() error { return e.Cause }

// Hint says what to do about a rank that is lost. A cause has a hint of its own.
func (e *Lost) Hint() string {
	switch {
	case e.Kind == Gone:
		return fault.Command("what was saved is whole: start all ranks again, with {resume} auto, to go on from there")
	case e.Cause != nil:
		return ""
	}
	return e.Advice
}
