package finetune

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"gobert/internal/disk"
	"gobert/internal/torch"
	"gobert/train"
)

// TestGridOfRuns: what the machine is told of is told once, a grid that was killed before its first run began goes on, and a run
// does not go on in a grid's folder.
func TestGridOfRuns(t *testing.T) {
	model := filepath.Join(t.TempDir(), "tiny")
	tiny(t, model)
	j := job(model, filepath.Join(t.TempDir(), "grid"))
	j.Steps, j.Threads = 1, runtime.NumCPU()+1
	t.Cleanup(func() {
		if err := torch.SetThreads(1); err != nil {
			t.Error(err)
		}
	})
	var log bytes.Buffer
	j.Log = slog.New(slog.NewTextHandler(&log, nil))
	seed := filepath.Join(j.Out, "seed=1")
	if err := errors.Join(os.MkdirAll(seed, 0o755), os.WriteFile(filepath.Join(seed, disk.LockName), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	if _, err := RunSweep(t.Context(), j, Grid{Seeds: []uint64{1, 2}}, nil); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(log.String(), "wait for each other"); n != 1 {
		t.Errorf("a grid warns of its threads %d times:\n%s", n, log.String())
	}
	if _, err := Train(t.Context(), j); err == nil || !strings.Contains(err.Error(), "holds something else") {
		t.Errorf("a run in a grid's folder: %v", err)
	}
}

// TestGridOfOneRun is that run, and no device is the CPU.
func TestGridOfOneRun(t *testing.T) {
	model := filepath.Join(t.TempDir(), "tiny")
	tiny(t, model)
	j := job(model, filepath.Join(t.TempDir(), "run"))
	j.Steps, j.Device = 1, ""
	for range 2 { // the second time it is finished
		s, err := RunSweep(t.Context(), j, Grid{LearningRates: []float64{2e-3}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if s.Best.Output != j.Out || s.Best.Settings.LearningRate != 2e-3 {
			t.Errorf("the best is in %s, with rate %v", s.Best.Output, s.Best.Settings.LearningRate)
		}
	}
}

// TestKeepZeroKeepsAll while the run lasts, and after it where that is asked for.
func TestKeepZeroKeepsAll(t *testing.T) {
	model := filepath.Join(t.TempDir(), "tiny")
	tiny(t, model)
	j := job(model, filepath.Join(t.TempDir(), "run"))
	j.Steps, j.SaveEvery, j.Keep, j.KeepAll = 3, 1, 0, true
	if _, err := Train(t.Context(), j); err != nil {
		t.Fatal(err)
	}
	if folders, err := train.Checkpoints(j.Out); err != nil || len(folders) != 3 {
		t.Errorf("checkpoints %v, %v", folders, err)
	}
}
