package train

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gobert/data"
	"gobert/internal/disk"
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
	last, _, skipped, err := newest(output)
	if err != nil || len(skipped) > 0 || filepath.Base(last) != "step-000000008" {
		t.Errorf("newest %s, skipped %v, %v", last, skipped, err)
	}
	entries, err := os.ReadDir(filepath.Join(output, CheckpointsFolder))
	if err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

// TestInterruptedOnAFullDisk: a run that could not be saved was not interrupted alone.
func TestInterruptedOnAFullDisk(t *testing.T) {
	s := settings(t.TempDir())
	trainer, done := begin(t, s)
	defer done()
	trainer.Decorate = func(bool) func(string) error {
		return func(folder string) error { return &os.PathError{Op: "write", Path: folder, Err: syscall.ENOSPC} }
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := trainer.Run(ctx)
	if errors.Is(err, ErrInterrupted) || !errors.Is(err, syscall.ENOSPC) || !strings.HasPrefix(err.Error(), "interrupted, and the run was not saved: ") {
		t.Errorf("got %v", err)
	}
}

// ending is a feed that ends.
type ending struct {
	Feed[*data.Batch, data.Cursor]
	left int64
}

func (f *ending) Next(ctx context.Context) (*data.Batch, data.Cursor, error) {
	if f.left--; f.left < 0 {
		return nil, data.Cursor{}, io.EOF
	}
	return f.Feed.Next(ctx)
}

// TestLastCheckpointHoldsItsEvaluation: a step may be saved before it is measured, when the run is interrupted in between or the
// feed ends there. It is saved again with what was measured, or the card beside the model tells of an earlier evaluation.
func TestLastCheckpointHoldsItsEvaluation(t *testing.T) {
	const steps = 8
	run := func(output string, interrupt bool, horizon int64) error {
		s := settings(output)
		s.Steps, s.EvaluateEvery = horizon, 3
		trainer, done := begin(t, s)
		defer done()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		trainer.SetFeed(&ending{trainer.feed, (steps - trainer.State().Step) * int64(s.Accumulate)})
		measured, evaluate := int64(0), trainer.Evaluate
		trainer.Evaluate = func(ctx context.Context) ([]Value, error) {
			if measured = trainer.State().Step; measured == steps && interrupt {
				cancel()
				return nil, ctx.Err()
			}
			return evaluate(ctx)
		}
		trainer.Decorate = func(bool) func(string) error {
			card := fmt.Appendf(nil, "measured after step %d", measured)
			return func(folder string) error { return disk.Write(filepath.Join(folder, "README.md"), card) }
		}
		return trainer.Run(ctx)
	}
	whole, again, ended := t.TempDir(), t.TempDir(), t.TempDir()
	if err := run(whole, false, steps); err != nil {
		t.Fatal(err)
	}
	if err := run(again, true, steps); !errors.Is(err, ErrInterrupted) {
		t.Fatal(err)
	}
	if err := errors.Join(run(again, false, steps), run(ended, false, 2*steps)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(saved(t, whole), saved(t, again)); diff != "" {
		t.Errorf("interrupted in the last evaluation: %s", diff)
	}
	if got := newestState(t, ended); got.Step != steps || got.Measured != steps || got.Files["README.md"] != newestState(t, whole).Files["README.md"] {
		t.Errorf("ended with its feed after step %d, measured after step %d", got.Step, got.Measured)
	}
}
