package train

import (
	"context"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"testing"
	"time"

	"gobert/internal/torch"
)

// flatSteps is how long TestMemoryIsFlat trains: GOBERT_FLAT_STEPS=10000 is the full test.
func flatSteps(t *testing.T) int64 {
	if text := os.Getenv("GOBERT_FLAT_STEPS"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	return 400
}

// resting is what the process holds when the collector has done its work.
func resting() int64 {
	debug.FreeOSMemory()
	return Memory(torch.CPU)
}

func handles(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("this system does not show a process's files")
	}
	return len(entries)
}

// TestMemoryIsFlat: every batch has another number of tokens, and saves and evaluations come and go; after the first steps the
// process does not grow, and nothing is left running or open afterwards.
func TestMemoryIsFlat(t *testing.T) {
	const warm, room = 100, 2 << 20
	goroutines, files := runtime.NumGoroutine(), handles(t)
	s := settings(t.TempDir())
	s.Steps, s.LogEvery, s.EvaluateEvery, s.SaveEvery = flatSteps(t), 50, 40, 40
	trainer, done := beginWith(t, s, 600) // as real batches, of which there are few numbers of rows: see bert.RoundRows
	m := &weigher{Log: t.Log}
	trainer.Reporter = m
	if err := trainer.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	if m.warm == 0 || m.last == 0 {
		t.Fatal("the memory was not measured")
	}
	if grown := m.last - m.warm; grown > room {
		t.Errorf("after step %d: %d KiB, after step %d: %d KiB", warm, m.warm>>10, s.Steps, m.last>>10)
	}
	done()
	for range 50 {
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

// weigher measures the memory early and at the end.
type weigher struct {
	watch
	warm, last int64
	Log        func(...any)
}

func (w *weigher) Step(r StepReport) {
	switch {
	case r.Step == 100:
		w.warm = resting()
	case r.Step%100 == 0:
		w.last = resting()
		if w.Log != nil {
			w.Log("step", r.Step, "KiB", w.last>>10)
		}
	}
}

// BenchmarkStepOutsideKernels is a step of base's 12 layers with next to nothing to compute: what is left is the loop, the
// calls and the allocations. Set against a real step of base (BenchmarkStep in heads) it is the share outside kernels.
func BenchmarkStepOutsideKernels(b *testing.B) {
	benchmarkStep(b, 12, 12)
}
