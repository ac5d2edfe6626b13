package train

import (
	"context"
	"testing"

	"gobert/data"
	"gobert/internal/testkit"
)

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

// TestNothingLeaks: with batches of eight different numbers of tokens, evaluations and checkpoints, the process does not grow from
// one span to the next, and nothing is left running or open afterwards. (New numbers of tokens cost once, for prepared products;
// the test of whole runs in package pretrain has those.)
func TestNothingLeaks(t *testing.T) {
	compare := testkit.Left(t)
	s := settings(t.TempDir())
	s.Steps, s.Accumulate, s.LogEvery, s.EvaluateEvery, s.SaveEvery = 13*span, 1, span/4, span/2, span/2
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
	m := &weigher{t: t}
	trainer.Reporter = m
	if err := trainer.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	testkit.Flat(t, m.held, leak*int64(len(m.held)-1)*span)
	done()
	compare()
}

// span is how many steps lie between two measurements, with two evaluations and two checkpoints; leak is how many bytes a step would
// be one. (In its first thousand steps a run settles, by some 300 bytes a step.)
const span, leak = 80, 1000

// weigher measures the memory after each span but the first, some steps after a checkpoint.
type weigher struct {
	t    *testing.T
	held []int64
}

func (w *weigher) Step(r StepReport) {
	if r.Step%span == span/4 && r.Step > span {
		w.held = append(w.held, testkit.Resident(w.t))
	}
}
func (*weigher) Evaluation(int64, []Value) {}
func (*weigher) Saved(int64, string)       {}

// BenchmarkStepOutsideKernels is a step of base's 12 layers with next to nothing to compute: what is left is the loop, the
// calls and the allocations. Set against a real step of base (BenchmarkStep in heads) it is the share outside kernels.
func BenchmarkStepOutsideKernels(b *testing.B) {
	benchmarkStep(b, 12, 12)
}
