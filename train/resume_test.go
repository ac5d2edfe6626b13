package train

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gobert/data"
	"gobert/internal/disk"
	"gobert/internal/testkit"
	"gobert/internal/torch/standin"
)

// outcome is the last checkpoint's weights and moments, byte by byte.
func outcome(t testing.TB, run string) string {
	t.Helper()
	folders, err := Checkpoints(run)
	if err != nil || len(folders) == 0 {
		t.Fatalf("no checkpoints in %s: %v", run, err)
	}
	last := folders[len(folders)-1]
	var all strings.Builder
	for _, name := range []string{"model.safetensors", OptimizerFile} {
		sums, err := disk.Sums(context.Background(), []string{filepath.Join(last, name)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&all, "%s %s %d %s\n", filepath.Base(last), name, sums[0].Size, sums[0].CRC32C)
	}
	return all.String()
}

func runWhole(t *testing.T, output string) string { return runTo(t, settings(output), nil) }

// runTo runs to the end, from a loss scale that is given.
func runTo(t *testing.T, s Settings, from *Scaler) string {
	t.Helper()
	trainer, done := beginFrom(t, s, from)
	defer done()
	if device().IsCUDA() && os.Getenv("GOBERT_TEST_RUN") != "" {
		trainer.Decorate = slowly(150 * time.Millisecond) // so that most kills fall into a save
	}
	if err := trainer.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	return outcome(t, s.Output)
}

// slowly makes each save last for a while.
func slowly(d time.Duration) func(bool) func(string) error {
	return func(bool) func(string) error {
		return func(string) error { time.Sleep(d); return nil }
	}
}

// beginFrom is begin; a run at its beginning is given a loss scale.
func beginFrom(t *testing.T, s Settings, from *Scaler) (*Trainer[*data.Batch, data.Cursor], func()) {
	t.Helper()
	trainer, done := begin(t, s)
	if from != nil && trainer.State().Step == 0 {
		startFrom(trainer, 0, *from)
	}
	return trainer, done
}

func TestInterruptedRunEndsWithTheSameBits(t *testing.T) { interrupt(t, settings(""), nil) }

// TestInterruptedHalfRunEndsWithTheSameBits: in fp16 the loss scale goes on, too. Once it is halved from step to step beyond the first
// break, once the run of updates after which it is doubled has a break.
func TestInterruptedHalfRunEndsWithTheSameBits(t *testing.T) {
	for name, from := range map[string]Scaler{"halved": {On: true, Factor: 1 << 24}, "doubled": {On: true, Factor: 1 << 10, Good: goodRun - 8}} {
		t.Run(name, func(t *testing.T) {
			s := settings("")
			s.Compute, s.Steps = "fp16", int64(standin.Times(18, 12))
			interrupt(t, s, &from)
		})
	}
}

// interrupt compares a run that is stopped some times with one that is not.
func interrupt(t *testing.T, s Settings, from *Scaler) {
	t.Helper()
	s.Output = t.TempDir()
	whole := s.Output
	want := runTo(t, s, from)
	s.Output = t.TempDir()
	output := s.Output
	for i := 0; ; i++ {
		trainer, done := beginFrom(t, s, from)
		ctx, cancel := context.WithCancel(context.Background())
		trainer.Reporter = &stopper{after: s.Steps / 6 * int64(i+1), last: s.Steps, cancel: cancel}
		err := trainer.Run(ctx)
		cancel()
		done()
		if err == nil {
			break
		}
		if !errors.Is(err, ErrInterrupted) {
			t.Fatal(err)
		}
	}
	if got := outcome(t, output); got != want {
		t.Errorf("interrupted:\n%swant:\n%s", got, want)
	}
	a, b := newestState(t, whole), newestState(t, output)
	if a.Scaler != b.Scaler || a.Updates != b.Updates || !cmp.Equal(a.Meter, b.Meter) {
		t.Errorf("interrupted: %d updates, %+v, %v; whole: %d, %+v, %v", b.Updates, b.Scaler, b.Meter, a.Updates, a.Scaler, a.Meter)
	}
	if from != nil && (a.Scaler.Factor == from.Factor || from.Good == 0 && a.Updates > s.Steps-s.Steps/6) {
		t.Errorf("%d updates, %+v: the scale did not change where it should", a.Updates, a.Scaler)
	}
}

func newestState(t *testing.T, run string) State {
	t.Helper()
	_, s, _, err := newest(run)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// stopper ends the context at a step.
type stopper struct {
	watch
	after, last int64
	cancel      func()
}

func (s *stopper) Step(r StepReport) {
	if r.Step >= s.after && r.Step < s.last {
		s.cancel()
	}
}

// TestKilledRunEndsWithTheSameBits kills the process without warning at random moments.
func TestKilledRunEndsWithTheSameBits(t *testing.T) {
	if output := os.Getenv("GOBERT_TEST_RUN"); output != "" {
		runWhole(t, output)
		return
	}
	testkit.KilledRun{
		Command: func(output string) *exec.Cmd {
			cmd := exec.Command(os.Args[0], "-test.run", "^TestKilledRunEndsWithTheSameBits$")
			cmd.Env = append(os.Environ(), "GOBERT_TEST_RUN="+output)
			return cmd
		},
		Outcome: outcome,
		Compare: func(want, got string) string { return cmp.Diff(want, got) },
	}.Again(t, testkit.Kills(standin.Times(3, 2)))
}

func TestCutCheckpointIsNeverTakenForWhole(t *testing.T) {
	output := t.TempDir()
	runWhole(t, output)
	folders, err := Checkpoints(output)
	if err != nil || len(folders) != 2 {
		t.Fatalf("checkpoints %v, %v", folders, err)
	}
	last := folders[1]
	files, err := os.ReadDir(last)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		path := filepath.Join(last, f.Name())
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, size := range []int{0, 1, len(whole) / 2, len(whole) - 1} {
			if err := os.WriteFile(path, whole[:size], 0o644); err != nil {
				t.Fatal(err)
			}
			found, _, skipped, err := newest(output)
			if err != nil || found != folders[0] || len(skipped) != 1 {
				t.Errorf("%s cut to %d of %d bytes: found %s, skipped %v, %v", f.Name(), size, len(whole), found, skipped, err)
			}
		}
		if err := os.WriteFile(path, whole, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
