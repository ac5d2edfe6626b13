package run

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gobert/internal/disk"
	"gobert/train"
)

// TestWhereARunMayBegin: a folder of runs is no run, a run is no grid, and a folder that nothing came of holds nothing.
func TestWhereARunMayBegin(t *testing.T) {
	for _, x := range []struct {
		name         string
		files        []string
		goesOn, grid bool
		want         string // in the error; empty: it may begin
	}{
		{"nothing", nil, false, false, ""},
		{"a run", []string{"metrics.jsonl"}, false, false, "holds another run"},
		{"a run that goes on", []string{"metrics.jsonl"}, true, false, ""},
		{"a run in a folder of runs", []string{"a/metrics.jsonl"}, true, false, "holds something else"},
		{"a run in a finished grid", []string{"a/metrics.jsonl", "metrics.jsonl"}, true, false, "holds something else"},
		{"another grid", []string{"a/metrics.jsonl"}, false, true, "holds another run"},
		{"a grid that goes on", []string{"a/metrics.jsonl"}, true, true, ""},
		{"a grid in a run", []string{"metrics.jsonl"}, true, true, "holds something else"},
		{"a grid killed before its first run began", []string{"a/" + disk.LockName}, true, true, ""},
		{"a finished run", []string{"result.json"}, true, false, "holds a finished run"},
		{"notes", []string{"notes.md"}, true, true, "holds something else"},
	} {
		out := t.TempDir()
		for _, name := range x.files {
			write(t, filepath.Join(out, name))
		}
		err := Vacant(out, x.goesOn, x.grid)
		if x.want == "" && err != nil || x.want != "" && (err == nil || !strings.Contains(err.Error(), x.want)) {
			t.Errorf("%s: %v, want %q", x.name, err, x.want)
		}
	}
}

// TestAnothersCheckpointBeginsARun: which needs a folder of its own.
func TestAnothersCheckpointBeginsARun(t *testing.T) {
	own, other := t.TempDir(), t.TempDir()
	write(t, filepath.Join(own, "metrics.jsonl"))
	for _, run := range []string{own, other} {
		checkpoint(t, filepath.Join(run, train.CheckpointsFolder, "step-000000005"))
	}
	for from, want := range map[string]string{own: "", other: "holds another run"} {
		r := &Run[int, int]{Config: &Config{}}
		r.Config.Out, r.Config.Resume = own, filepath.Join(from, train.CheckpointsFolder, "step-000000005")
		if err := r.Find(); want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", r.Config.Resume, err, want)
		}
	}
	r := &Run[int, int]{Config: &Config{}}
	r.Config.Out, r.Config.Resume = filepath.Join(own, "new"), filepath.Join(other, train.CheckpointsFolder, "step-000000005")
	if err := r.Find(); err != nil || r.Checkpoint == "" {
		t.Errorf("%q, %v", r.Checkpoint, err)
	}
}

func write(t *testing.T, path string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
}

// checkpoint writes a state alone, as an older program did.
func checkpoint(t *testing.T, folder string) {
	t.Helper()
	write(t, filepath.Join(folder, "x"))
	if err := os.WriteFile(filepath.Join(folder, train.StateFile), []byte(`{"step": 5, "extra": {}, "files": {"x": {"size": 0, "crc32c": "00000000"}}}`), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestNoDeviceIsTheCPU: in the check as in what is made of it.
func TestNoDeviceIsTheCPU(t *testing.T) {
	c := &Config{}
	if err := c.Check(); err != nil && strings.Contains(err.Error(), "device") {
		t.Error(err)
	}
	if err := c.Machine.Check(nil); err != nil {
		t.Error(err)
	}
}
