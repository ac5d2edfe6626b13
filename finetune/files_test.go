package finetune

import (
	"os"
	"path/filepath"
	"runtime/debug"
	"testing"
)

// TestARunLeavesNoFileOpen: a sweep has many runs in one process.
func TestARunLeavesNoFileOpen(t *testing.T) {
	model := filepath.Join(t.TempDir(), "tiny")
	tiny(t, model)
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // the collector closes files that are forgotten, some time
	var open []int
	for range 3 {
		j := job(model, filepath.Join(t.TempDir(), "run"))
		j.Steps = 4
		if _, err := Train(t.Context(), j); err != nil {
			t.Fatal(err)
		}
		files, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Skip("this system does not show a process's files")
		}
		open = append(open, len(files))
	}
	if open[2] > open[1] { // the first run may open what the process keeps
		t.Errorf("files that are open after each run: %v", open)
	}
}
