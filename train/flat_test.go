package train

import (
	"context"
	"os"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"gobert/data"
	"gobert/internal/torch"
)

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

// cycle gives the same few batches for ever.
type cycle struct {
	batches []*data.Batch
	at      int
}

func (c *cycle) Next(context.Context) (*data.Batch, data.Cursor, error) {
	c.at++
	return c.batches[c.at%len(c.batches)], data.Cursor{Index: c.at}, nil
}
func (c *cycle) Release(*data.Batch) {}

// TestNothingLeaks: with batches of eight different numbers of tokens, evaluations and checkpoints, the process does not grow
// after the first three hundred steps, and nothing is left running or open afterwards. (New numbers of tokens cost once, for prepared
// products; the test of whole runs in package pretrain has those.)
func TestNothingLeaks(t *testing.T) {
	const warm, steps, room = 300, 900, 2 << 20
	goroutines, files := runtime.NumGoroutine(), handles(t)
	s := settings(t.TempDir())
	s.Steps, s.LogEvery, s.EvaluateEvery, s.SaveEvery = steps, 50, 40, 40
	trainer, done := begin(t, s)
	feed := &cycle{}
	for i := range 8 {
		b := source(t).NewBatch()
		for k := range 5 {
			if err := source(t).Append(b, 0, 5*i+k); err != nil {
				t.Fatal(err)
			}
		}
		feed.batches = append(feed.batches, b)
	}
	trainer.SetFeed(feed)
	m := &weigher{}
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
}

func (w *weigher) Step(r StepReport) {
	switch {
	case r.Step == 100:
		w.warm = resting()
	case r.Step%100 == 0:
		w.last = resting()
	}
}

// BenchmarkStepOutsideKernels is a step of base's 12 layers with next to nothing to compute: what is left is the loop, the
// calls and the allocations. Set against a real step of base (BenchmarkStep in heads) it is the share outside kernels.
func BenchmarkStepOutsideKernels(b *testing.B) {
	benchmarkStep(b, 12, 12)
}
