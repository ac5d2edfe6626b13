package ranks

import "fmt"

// Lost is the error of every other rank when one is gone or does not answer.
type Lost struct {
	Rank   int
	Where  string // "pid 4711 on host-b", as the rank said when it came; "" where it never did
	Reason string // "its connection was closed"
	// Failed says that the rank ended by a fault of its own and could still tell; the reason is that fault.
	Failed bool
}

// ExitLost is the exit code of a run that was ended by the loss of a rank: EX_TEMPFAIL. Nothing is wrong with what was asked, and a
// launcher may start the run again.
const ExitLost = 75

// Error names the rank.
func (e *Lost) Error() string {
	where := ""
	if e.Where != "" {
		where = " (" + e.Where + ")"
	}
	if e.Failed {
		return fmt.Sprintf("rank %d%s failed: %s", e.Rank, where, e.Reason)
	}
	return fmt.Sprintf("rank %d%s is lost: %s (hint: what was saved is whole: start all ranks again to go on from there)", e.Rank, where, e.Reason)
}
