package serve

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// overload is a queue whose model takes 10 ms for a batch of at most 100 tokens.
func overload(t *testing.T) (b *batcher, ask func(id int32) (waited time.Duration, refused bool)) {
	b, _ = newTestBatcher(t, 100, 100_000)
	b.pressure.bearable = bearable
	op := sums("a", 10*time.Millisecond)
	return b, func(id int32) (time.Duration, bool) {
		began := time.Now()
		_, err := b.do(t.Context(), op, texts(id, 20))
		if err != nil && !errors.Is(err, errFull) {
			t.Error(err)
		}
		return time.Since(began), err != nil
	}
}

// TestLastingOverloadIsRefused: where twice as much comes as can be computed, and goes on to come, what is taken is answered soon, and as much
// is taken as can be computed.
func TestLastingOverloadIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, ask := overload(t)
		var group sync.WaitGroup
		var taken, refused atomic.Int64
		const seconds = 10 // a request each millisecond, of which one can be answered every two
		began := time.Now()
		for time.Since(began) < seconds*time.Second {
			late := time.Since(began) > 4*time.Second
			group.Go(func() {
				waited, no := ask(1)
				switch {
				case !late:
				case no:
					refused.Add(1)
				default:
					taken.Add(1)
					if waited > bearable+30*time.Millisecond {
						t.Errorf("one that was taken took %v", waited)
					}
				}
			})
			time.Sleep(time.Millisecond)
		}
		group.Wait()
		b.close()
		if n, no := taken.Load(), refused.Load(); n < 2900 || no < 2500 {
			t.Errorf("%d were taken and %d refused of 6000, of which 3000 can be answered", n, no)
		}
	})
}

// TestCrowdsAreServed: who comes at once, and who asks again when it has its answer, is served, however many there are.
func TestCrowdsAreServed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, ask := overload(t)
		var group sync.WaitGroup
		began := time.Now()
		for range 500 {
			group.Go(func() {
				for time.Since(began) < 8*time.Second {
					if _, refused := ask(1); refused {
						t.Error("one of a crowd was refused")
						return
					}
				}
			})
		}
		group.Wait()
		b.close()
	})
}
