package limits

import (
	"fmt"
	"runtime"
)

// MaxThreads is the largest number of threads that is taken for meant: each costs memory and a place in every wait, so
// many times the cores is a slip of the pen.
func MaxThreads() int { return max(256, 8*runtime.NumCPU()) }

// Threads refuses a number of threads that no machine like this one could use.
func Threads(n int) error {
	if n < 1 || n > MaxThreads() {
		return fmt.Errorf("%d threads, expected 1 to %d (this machine has %d cores)", n, MaxThreads(), runtime.NumCPU())
	}
	return nil
}
