package train

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestFullDiskKeepsTheLastGoodCheckpoint: a write that fails in the middle of a checkpoint leaves the one before, and nothing half.
func TestFullDiskKeepsTheLastGoodCheckpoint(t *testing.T) {
	output := t.TempDir()
	s := settings(output)
	s.Keep = 1
	trainer, done := begin(t, s)
	defer done()
	trainer.Decorate = func(best bool) func(string) error {
		full := trainer.State().Step >= 12 && !best
		return func(folder string) error {
			if full {
				return &os.PathError{Op: "write", Path: folder, Err: syscall.ENOSPC}
			}
			return nil
		}
	}
	err := trainer.Run(context.Background())
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "saving step 12 (the checkpoint before it is untouched)") ||
		!strings.HasSuffix(err.Error(), "(hint: make room on the disk, then resume the run: what was saved last is whole)") {
		t.Fatalf("got %v", err)
	}
	newest, skipped, err := Newest(output)
	if err != nil || len(skipped) > 0 || filepath.Base(newest) != "step-000000008" {
		t.Errorf("newest %s, skipped %v, %v", newest, skipped, err)
	}
	entries, err := os.ReadDir(filepath.Join(output, CheckpointsFolder))
	if err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

// TestRankDecides: only the first process talks and saves, and each draws its own dropout masks.
func TestRankDecides(t *testing.T) {
	s := settings(t.TempDir())
	s.Rank, s.World, s.Steps = 1, 2, 8
	trainer, done := begin(t, s)
	defer done()
	seen := &watch{}
	trainer.Reporter = seen
	if err := trainer.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	if folders, _ := Checkpoints(s.Output); len(folders) > 0 || len(seen.steps) > 0 || len(seen.evals) > 0 {
		t.Errorf("rank 1 saved %v, reported %d steps, %d evaluations", folders, len(seen.steps), len(seen.evals))
	}
	other := s
	other.Rank = 0
	if s.seed() == other.seed() {
		t.Error("both ranks draw the same dropout masks")
	}
	s.Rank = 2
	if err := s.Validate(); err == nil || !strings.Contains(err.Error(), "rank 2 of 2 processes") {
		t.Errorf("rank 2 of 2: %v", err)
	}
}
