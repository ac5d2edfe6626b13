package pretrain

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gobert/internal/disk"
)

// TestOneRunOneFolder: a folder that another process writes into is refused, and what a killed one left goes.
func TestOneRunOneFolder(t *testing.T) {
	data, out := newCorpus(t, 40), filepath.Join(t.TempDir(), "run")
	other, err := disk.Claim(out, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, resume := range [][]string{nil, {"--resume", "auto"}} {
		_, err := Train(t.Context(), config(t, data, out, append([]string{"--steps", "2"}, resume...)...), quiet())
		if !disk.IsHeld(err) || !strings.HasPrefix(err.Error(), "out: "+out+" is in use: it is being written by process ") {
			t.Errorf("%v: got %v", resume, err)
		}
	}
	other.Release()
	if _, err := Train(t.Context(), config(t, data, out, "--steps", "2"), quiet()); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		".run.json.gobert-1", "checkpoints/.step-000000009.gobert-2/model.safetensors", "checkpoints/.rehearsal.gobert-3/model.safetensors",
		".best.gobert-4/config.json", ".best.gobert-old-4/config.json", ".notes.partial-7",
	} {
		path := filepath.Join(out, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte("half"), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Train(t.Context(), config(t, data, out, "--steps", "2", "--resume", "auto"), quiet()); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(out, ".*"))
	if err != nil || len(left) != 1 || filepath.Base(left[0]) != ".notes.partial-7" {
		t.Errorf("hidden files: %v, %v", left, err)
	}
	if left, err = filepath.Glob(filepath.Join(out, "checkpoints", ".*")); err != nil || len(left) > 0 {
		t.Errorf("hidden checkpoints: %v, %v", left, err)
	}
}
