package cli

import (
	"fmt"
	"log/slog"

	"gobert/internal/limits"
	"gobert/internal/torch"
)

// Threads is the flag that says how many threads one operator may take; 0 means all cores.
type Threads int

// Check refuses a number that no machine like this one could use: LibTorch would start them all, deaf to signals.
func (t Threads) Check() error {
	if t == 0 {
		return nil
	}
	if err := limits.Threads(int(t)); err != nil {
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
