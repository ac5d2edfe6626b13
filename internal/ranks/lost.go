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
	Kind   Loss
	// Away is how many of the ranks that came cannot hear of it.
	Away int
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
	switch e.Kind {
	case Failed:
		return fmt.Sprintf("rank %d%s failed: %s", e.Rank, where, e.Reason)
	case Absent:
		return e.Reason
	}
	return fault.WithHint(fmt.Sprintf("rank %d%s is lost: %s", e.Rank, where, e.Reason), e.Hint())
}

// Hint says what to do about a rank that is lost.
func (e *Lost) Hint() string {
	if e.Kind == Failed || e.Kind == Absent {
		return ""
	}
	return "what was saved is whole: start all ranks again to go on from there"
}
