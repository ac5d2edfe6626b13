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

	"github.com/google/go-cmp/cmp"

	"gobert/internal/testkit"
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
	for _, name := range []string{"model.safetensors", optimizerFile} {
		file, err := measure(filepath.Join(last, name))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&all, "%s %s %d %s\n", filepath.Base(last), name, file.Size, file.CRC32C)
	}
	return all.String()
}

func runWhole(t *testing.T, output string) string {
	t.Helper()
	trainer, done := begin(t, settings(output))
	defer done()
	if err := trainer.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	return outcome(t, output)
}

func TestInterruptedRunEndsWithTheSameBits(t *testing.T) {
	want := runWhole(t, t.TempDir())
	output := t.TempDir()
	for i := 0; ; i++ {
		trainer, done := begin(t, settings(output))
		ctx, cancel := context.WithCancel(context.Background())
		trainer.Reporter = &stopper{after: int64(25 * (i + 1)), cancel: cancel}
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
}

// stopper ends the context at a step.
type stopper struct {
	watch
	after  int64
	cancel func()
}

func (s *stopper) Step(r StepReport) {
	if r.Step >= s.after && r.Step < runSteps {
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
	}.Again(t, testkit.Kills(6))
}

func TestCutCheckpointIsNeverTakenForWhole(t *testing.T) {
	output := t.TempDir()
	runWhole(t, output)
	folders, err := Checkpoints(output)
	if err != nil || len(folders) != 2 {
		t.Fatalf("checkpoints %v, %v", folders, err)
	}
	newest := folders[1]
	files, err := os.ReadDir(newest)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		path := filepath.Join(newest, f.Name())
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, size := range []int{0, 1, len(whole) / 2, len(whole) - 1} {
			if err := os.WriteFile(path, whole[:size], 0o644); err != nil {
				t.Fatal(err)
			}
			found, skipped, err := Newest(output)
			if err != nil || found != folders[0] || len(skipped) != 1 {
				t.Errorf("%s cut to %d of %d bytes: found %s, skipped %v, %v", f.Name(), size, len(whole), found, skipped, err)
			}
		}
		if err := os.WriteFile(path, whole, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
