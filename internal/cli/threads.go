package cli

import (
	"fmt"
	"log/slog"
	"runtime"

	"gobert/internal/torch"
)

// Threads is the flag that says how many threads one operator may take; 0 means all cores.
type Threads int

// Check refuses a number that no machine like this one could use: LibTorch would start them all, deaf to signals.
func (t Threads) Check() error {
	if t == 0 {
		return nil
	}
	if err := plausible(int(t)); err != nil {
		return &UsageError{fmt.Errorf("--threads: %w", err)}
	}
	return nil
}

// Apply tells LibTorch. More threads than cores are told, too.
func (t Threads) Apply(log *slog.Logger) error {
	if err := t.Check(); err != nil || t == 0 {
		return err
	}
	if err := torch.SetThreads(int(t)); err != nil {
		return fmt.Errorf("--threads: %w", err)
	}
	if crowded := torch.Crowded(int(t)); crowded != "" {
		log.Warn("--threads: " + crowded)
	}
	return nil
}

// maxThreads is the largest number of threads that is taken for meant: each costs memory and a place in every wait, so
// many times the cores is a slip of the pen.
func maxThreads() int { return max(256, 8*runtime.NumCPU()) }

// plausible refuses a number of threads that no machine like this one could use.
func plausible(n int) error {
	if n < 1 || n > maxThreads() {
		return fmt.Errorf("%d threads, expected 1 to %d (this machine has %d cores)", n, maxThreads(), runtime.NumCPU())
	}
	return nil
}
