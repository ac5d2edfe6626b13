package pretrain

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"gobert/internal/record"
)

func handles(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("this system does not show a process's files")
	}
	return len(entries)
}

// TestMemoryIsFlat trains the model called tiny, with evaluations and checkpoints, on documents long enough that nearly all
// sequences are full, as those of real corpora are. After the first hundred steps the process does not grow, and nothing is
// left running or open afterwards. Go's own heap breathes between two collections, so the least of some measurements counts.
func TestMemoryIsFlat(t *testing.T) {
	const warm, room = 100, 2 << 20
	length := os.Getenv("GOBERT_FLAT_STEPS")
	if length == "" {
		t.Skip("GOBERT_FLAT_STEPS is not set: 10000 steps take some minutes (TestNothingLeaks in package train is the short form)")
	}
	data, out := corpusOf(t, 40, 150), filepath.Join(t.TempDir(), "run")
	goroutines, files := runtime.NumGoroutine(), handles(t)
	c := config(t, data, out, "--model", "tiny", "--steps", length, "--seq-length", "64", "--batch", "16", "--log-every", "5", "--evaluate-every", "50",
		"--save-every", "50")
	if _, err := Train(t.Context(), c, quiet()); err != nil {
		t.Fatal(err)
	}
	entries, err := record.Read(out)
	if err != nil {
		t.Fatal(err)
	}
	steps, memory := record.Series(entries, record.Step, "memory")
	first, _ := slices.BinarySearch(steps, warm)
	const some = 20 // measurements, over two evaluations and checkpoints
	if len(memory) < first+2*some {
		t.Fatalf("only %d measurements", len(memory))
	}
	before, after := slices.Min(memory[first:first+some]), slices.Min(memory[len(memory)-some:])
	if after-before > room {
		t.Errorf("the process held %.0f KiB from step %d on, and %.0f KiB at the end: %v", before/1024, warm, after/1024, shown(steps, memory))
	}
	for range 100 {
		if runtime.NumGoroutine() <= goroutines+1 { // LibTorch's thread stays
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if now := runtime.NumGoroutine(); now > goroutines+1 {
		t.Errorf("%d goroutines before, %d after", goroutines, now)
	}
	if now := handles(t); now > files {
		t.Errorf("%d files were open before, %d are after", files, now)
	}
}

// shown lists every tenth measurement.
func shown(steps, memory []float64) (list []string) {
	for i := 0; i < len(steps); i += 10 {
		list = append(list, fmt.Sprintf("%.0f: %.0f KiB", steps[i], memory[i]/1024))
	}
	return list
}
