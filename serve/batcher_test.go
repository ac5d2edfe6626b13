package serve

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"gobert/data/labelled/features"
)

// texts makes a batch of features of some lengths, whose tokens are all the same number.
func texts(id int32, lengths ...int) *features.Batch {
	b := &features.Batch{}
	for _, n := range lengths {
		ids := make([]int32, n-2)
		for i := range ids {
			ids[i] = id
		}
		b.AppendTexts(id, id, ids)
	}
	return b
}

// record is a watcher that keeps the batches' sizes.
type record struct {
	mu      sync.Mutex
	batches [][2]int // requests, tokens
	waiting int
	rested  atomic.Int32
}

func (r *record) queued(jobs, tokens int) { r.mu.Lock(); r.waiting = tokens; r.mu.Unlock() }

func (r *record) waited(*operation, time.Duration) {}

func (r *record) computed(_ string, jobs, _, tokens int, _ time.Duration) {
	r.mu.Lock()
	r.batches = append(r.batches, [2]int{jobs, tokens})
	r.mu.Unlock()
}

// sums is an operation that takes a second for each batch, and gives the sum of the ids of each feature.
func sums(name string, took time.Duration) *operation {
	return &operation{name: name, run: func(b *features.Batch) (out []output, err error) {
		time.Sleep(took)
		for i := range b.Len() {
			var sum float32
			for _, id := range b.IDs[b.Offsets[i]:b.Offsets[i+1]] {
				sum += float32(id)
			}
			out = append(out, output{rows: []float32{sum}, width: 1})
		}
		return out, nil
	}}
}

func newTestBatcher(t *testing.T, budget, limit int) (*batcher, *record) {
	r := &record{}
	b := newBatcher(budget, limit, make(chan struct{}, 1), r, func() { r.rested.Add(1) })
	t.Cleanup(b.close)
	return b, r
}

// TestAnIdleModelHoldsNothing: where nothing comes for a while, what the last batch held is let go, once; work puts it off.
func TestAnIdleModelHoldsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, r := newTestBatcher(t, 100, 1000)
		op := sums("a", time.Second)
		for range 3 {
			if _, err := b.do(t.Context(), op, texts(1, 30)); err != nil {
				t.Error(err)
			}
			time.Sleep(rest * 9 / 10)
		}
		if n := r.rested.Load(); n != 0 {
			t.Errorf("let go %d times between requests", n)
		}
		time.Sleep(10 * rest)
		if n := r.rested.Load(); n != 1 || b.merged != nil {
			t.Errorf("let go %d times, and holds %v", n, b.merged)
		}
		if _, err := b.do(t.Context(), op, texts(1, 30)); err != nil {
			t.Error(err)
		}
	})
}

// TestBatchesAreGreedy: the first request goes alone at once; all that came meanwhile goes together, up to the budget.
func TestBatchesAreGreedy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, r := newTestBatcher(t, 100, 1000)
		op := sums("a", time.Second)
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				if _, err := b.do(t.Context(), op, texts(1, 30)); err != nil {
					t.Error(err)
				}
			})
			synctest.Wait()
		}
		group.Wait()
		b.close()
		want := [][2]int{{1, 30}, {3, 90}, {3, 90}, {1, 30}}
		if len(r.batches) != len(want) {
			t.Fatalf("batches %v, expected %v", r.batches, want)
		}
		for i := range want {
			if r.batches[i] != want[i] {
				t.Fatalf("batches %v, expected %v", r.batches, want)
			}
		}
	})
}

// TestALongRequestMakesRoom: a short request waits for the batch that runs, and one more at most, however long another one is.
func TestALongRequestMakesRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _ := newTestBatcher(t, 100, 10000)
		op, began := sums("a", time.Second), time.Now()
		lengths := make([]int, 90)
		for i := range lengths {
			lengths[i] = 50
		}
		var group sync.WaitGroup
		group.Go(func() {
			j, err := b.do(t.Context(), op, texts(2, lengths...))
			if err != nil || len(j.outputs) != len(lengths) {
				t.Errorf("%d outputs, %v", len(j.outputs), err)
			}
			if took := time.Since(began); took != 46*time.Second { // two go together, the short one takes room of one
				t.Errorf("the long request took %v", took)
			}
		})
		synctest.Wait()
		group.Go(func() {
			if j, err := b.do(t.Context(), op, texts(1, 50)); err != nil || j.outputs[0].rows[0] != 50 {
				t.Errorf("%v, %v", j.outputs, err)
			}
			if took := time.Since(began); took > 3*time.Second {
				t.Errorf("the short request waited %v", took)
			}
		})
		group.Wait()
		b.close()
	})
}

// TestCancelledRequestsLeave: they free their room, are not computed, and harm nobody.
func TestCancelledRequestsLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, r := newTestBatcher(t, 100, 100)
		op := sums("a", time.Second)
		var group sync.WaitGroup
		group.Go(func() { b.do(t.Context(), op, texts(1, 90)) })
		synctest.Wait() // it is being computed
		ctx, cancel := context.WithCancel(t.Context())
		group.Go(func() {
			if _, err := b.do(ctx, op, texts(1, 90)); !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		})
		synctest.Wait()
		if _, err := b.do(t.Context(), op, texts(1, 90)); !errors.Is(err, errFull) {
			t.Errorf("with a full queue: %v", err)
		}
		cancel()
		synctest.Wait()
		if r.waiting != 0 {
			t.Errorf("%d tokens wait after the request was cancelled", r.waiting)
		}
		group.Go(func() {
			if j, err := b.do(t.Context(), op, texts(3, 10)); err != nil || j.outputs[0].rows[0] != 30 {
				t.Error(err)
			}
		})
		group.Wait()
		b.close()
		if len(r.batches) != 2 {
			t.Errorf("batches %v, expected two", r.batches)
		}
	})
}

// TestNobodyWaitsInVain: a request that could not be answered in its time is refused at once, and those that are taken are in time.
func TestNobodyWaitsInVain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _ := newTestBatcher(t, 100, 10000)
		op := sums("a", time.Second)
		if _, err := b.do(t.Context(), op, texts(1, 100)); err != nil { // from here on a second is known to do 100 tokens
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 5500*time.Millisecond)
		defer cancel()
		crowd(ctx, t, b, op, 5500*time.Millisecond, 5)
	})
}

// crowd asks eight times at once, and closes the batcher: as many as expected are answered within a time, all others refused at once.
func crowd(ctx context.Context, t *testing.T, b *batcher, op *operation, within time.Duration, expected int32) {
	t.Helper()
	const many = 8
	began := time.Now()
	var group sync.WaitGroup
	var answered, refused atomic.Int32
	for range many {
		group.Go(func() {
			switch _, err := b.do(ctx, op, texts(1, 100)); {
			case err == nil && time.Since(began) <= within:
				answered.Add(1)
			case errors.Is(err, errFull) && time.Since(began) == 0:
				refused.Add(1)
			default:
				t.Errorf("after %v: %v", time.Since(began), err)
			}
		})
		synctest.Wait()
	}
	group.Wait()
	b.close()
	if answered.Load() != expected || refused.Load() != many-expected {
		t.Errorf("%d were answered, %d refused, expected %d and %d", answered.Load(), refused.Load(), expected, many-expected)
	}
}

// TestNobodyWaitsForLong: who would wait longer than anybody shall is refused at once, whatever its own patience, and those that are
// taken wait no longer than that and a batch.
func TestNobodyWaitsForLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _ := newTestBatcher(t, 100, 10000)
		b.longest = 2500 * time.Millisecond
		op := sums("a", time.Second)
		if _, err := b.do(t.Context(), op, texts(1, 100)); err != nil {
			t.Fatal(err)
		}
		crowd(t.Context(), t, b, op, 4*time.Second, 3)
	})
}

// TestOneFaultIsOnes: where a batch fails, only the request whose fault it is gets an error; a panic is an error, too.
func TestOneFaultIsOnes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _ := newTestBatcher(t, 1000, 1000)
		good := sums("a", time.Second)
		op := &operation{name: "a", run: func(b *features.Batch) ([]output, error) {
			for _, id := range b.IDs {
				if id == 13 {
					panic("thirteen")
				}
			}
			return good.run(b)
		}}
		var group sync.WaitGroup
		for id := range int32(4) {
			group.Go(func() {
				j, err := b.do(t.Context(), op, texts(10+id, 4, 6))
				switch {
				case id == 3 && (err == nil || !strings.Contains(err.Error(), "thirteen")):
					t.Errorf("the faulty request: %v", err)
				case id != 3 && (err != nil || j.outputs[1].rows[0] != float32(10+id)*6):
					t.Errorf("another one: %v", err)
				}
			})
		}
		group.Wait()
		b.close()
		if _, err := b.do(t.Context(), op, texts(1, 4)); !errors.Is(err, errClosed) {
			t.Errorf("after the end: %v", err)
		}
	})
}

// TestAheadIsWhatComesFirst: of each request that waits a batch at most is computed before the turn of one that comes, whatever came, left and
// was computed before.
func TestAheadIsWhatComesFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _ := newTestBatcher(t, 10, 1<<20)
		op, random := sums("a", time.Millisecond), rand.New(rand.NewPCG(1, 2))
		var group sync.WaitGroup
		seen := 0
		for range 300 {
			patience, length := time.Duration(random.IntN(90))*time.Millisecond, 3+random.IntN(20)
			group.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), patience)
				defer cancel()
				_, _ = b.do(ctx, op, texts(1, 4, length, 2))
			})
			if random.IntN(3) == 0 {
				time.Sleep(time.Duration(random.IntN(5)) * time.Millisecond)
			}
			synctest.Wait()
			b.mu.Lock()
			want := 0
			for _, j := range b.waiting {
				want += min(j.left, 10)
			}
			if seen = max(seen, want); b.ahead != want {
				t.Errorf("%d tokens ahead, expected %d of %d requests", b.ahead, want, len(b.waiting))
			}
			b.mu.Unlock()
		}
		group.Wait()
		b.close()
		if seen < 50 {
			t.Errorf("%d tokens waited at most: the queue was not tried", seen)
		}
	})
}

// TestEverybodyGetsTheirOwn: whatever comes together, in whatever sizes and operations, each request has its own results in order.
func TestEverybodyGetsTheirOwn(t *testing.T) {
	b, r := newTestBatcher(t, 64, 1<<20)
	operations := []*operation{sums("a", time.Microsecond), sums("b", time.Microsecond)}
	var group sync.WaitGroup
	var cancelled atomic.Int32
	for worker := range 16 {
		random := rand.New(rand.NewPCG(7, uint64(worker)))
		group.Go(func() {
			for range 100 {
				lengths := make([]int, random.IntN(9))
				for i := range lengths {
					lengths[i] = 2 + random.IntN(80)
				}
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(random.IntN(4000))*time.Microsecond)
				j, err := b.do(ctx, operations[random.IntN(2)], texts(int32(worker), lengths...))
				cancel()
				if err != nil {
					cancelled.Add(1)
					continue
				}
				for i, n := range lengths {
					if got := j.outputs[i].rows[0]; got != float32(worker*n) {
						t.Errorf("feature %d: %v, expected %d", i, got, worker*n)
					}
				}
			}
		})
	}
	group.Wait()
	b.close()
	if b.tokens != 0 || b.ahead != 0 || len(b.waiting) != 0 || r.waiting != 0 {
		t.Errorf("%d tokens, %d ahead, are left in an empty queue of %d", b.tokens, b.ahead, len(b.waiting))
	}
	t.Logf("%d batches, %d requests cancelled", len(r.batches), cancelled.Load())
}
