package finetune

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gobert/internal/disk"
	"gobert/train"
)

// TestOneRunOneFolder: a folder that another process writes into is refused, and what a killed one left goes.
func TestOneRunOneFolder(t *testing.T) {
	model := filepath.Join(t.TempDir(), "tiny")
	tiny(t, model)
	j := job(model, filepath.Join(t.TempDir(), "run"))
	j.Steps = 6
	other, err := disk.Claim(j.Out, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, begin := range map[string]func() error{
		"a run":  func() error { _, err := Train(t.Context(), j); return err },
		"a grid": func() error { _, err := RunSweep(t.Context(), j, Grid{Seeds: []uint64{1, 2}}, nil); return err },
	} {
		if err := begin(); !disk.IsHeld(err) || !strings.HasPrefix(err.Error(), "out: "+j.Out+" is in use: it is being written by process ") {
			t.Errorf("%s in a folder that is in use: %v", name, err)
		}
	}
	other.Release()
	ctx, cancel := context.WithCancel(t.Context())
	j.OnStep = stopAfter(4, cancel)
	if _, err := Train(ctx, j); !errors.Is(err, train.ErrInterrupted) {
		t.Fatal(err)
	}
	debris := []string{
		".result.json.gobert-1", "checkpoints/.step-000000006.gobert-2/model.safetensors", "checkpoints/.rehearsal.gobert-3/model.safetensors",
		".best.gobert-4/config.json", "best/.README.md.gobert-5",
	}
	users := []string{".notes.partial-7", "notes.md"}
	for _, name := range append(debris, users...) {
		path := filepath.Join(j.Out, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte("half"), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	j.OnStep = nil
	if _, err := Train(t.Context(), j); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadDir(j.Out)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, e := range content {
		if strings.Contains(e.Name(), ".gobert") || e.IsDir() {
			t.Errorf("%s is left", e.Name())
		}
		if e.Name() == users[0] || e.Name() == users[1] {
			found++
		}
	}
	if found != len(users) {
		t.Errorf("a file of the user's is gone: %v", content)
	}
}

// TestKilledAtTheVeryEnd: a run whose result is written may still have what only an unfinished one needs.
func TestKilledAtTheVeryEnd(t *testing.T) {
	model := filepath.Join(t.TempDir(), "tiny")
	tiny(t, model)
	j := job(model, filepath.Join(t.TempDir(), "run"))
	j.Steps = 3
	if _, err := Train(t.Context(), j); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{train.BestFolder, train.CheckpointsFolder} {
		if err := os.MkdirAll(filepath.Join(j.Out, name, "half"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Train(t.Context(), j); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{train.BestFolder, train.CheckpointsFolder} {
		if _, err := os.Stat(filepath.Join(j.Out, name)); err == nil {
			t.Errorf("%s is left", name)
		}
	}
}
