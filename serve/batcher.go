package serve

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"gobert/bert"
	"gobert/data/labelled/features"
	"gobert/internal/fault"
	"gobert/internal/over"
	"gobert/pipeline"
	"gobert/sparse"
	"gobert/task"
)

// An operation is one way of texts through a model. Work of the same operation shares a batch, and so does that of operations which are calls:
// of a base and of the adapters over it.
type operation struct {
	name  string
	model string
	run   func(b *features.Batch) ([]output, error)                    // an output for each feature
	call  *over.Call                                                   // nil: it goes alone
	base  *bert.Model                                                  // that the call's model is over, or it itself
	rows  func(out *task.Outputs, b *features.Batch) ([]output, error) // of what the call gives
}

// output is what an operation gives for one feature.
type output struct {
	rows    []float32 // [rows,width]: a row for the feature, or for each of its tokens
	width   int
	guesses [][]pipeline.Guess // of each mask
	weights sparse.Vector
}

// errFull says that no more can wait.
var errFull = errors.New("too much waits already")

// errClosed says that a model was unloaded.
var errClosed = errors.New("the model is being unloaded")

// job is what one request asks of one operation: features, which may go through the model in several batches.
type job struct {
	ctx   context.Context
	op    *operation
	batch *features.Batch
	taken int // features that went into a batch
	left  int // tokens of those that did not

	outputs  []output
	err      error
	done     chan struct{}
	enqueued time.Time
	began    time.Time // when its first features were taken
}

// A batcher lets requests wait, and empties their queue as fast as the model computes: whenever a batch is done, what waits by then is
// the next one, up to a budget of tokens. Nobody waits for a batch to fill. A request of many texts goes behind the others after each
// batch that it had a part in, so that nobody waits for more than the batches of those before it.
type batcher struct {
	budget  int           // tokens of a batch; a feature that is longer goes alone
	limit   int           // tokens that may wait
	longest time.Duration // that a request may expect to wait; 0: as long as it has time
	slot    chan struct{} // holds one value while some model computes: they share the machine
	watched watcher

	mu        sync.Mutex
	pressure  pressure
	waiting   []*job
	tokens    int     // of all that waits
	ahead     int     // of these, what is computed before the turn of one that comes now: one batch at most of each request
	computing int     // tokens of the batch that is computed
	rate      float64 // tokens a second
	closed    bool
	wake      chan struct{}
	ended     chan struct{}

	merged []*features.Batch // one for each operation of a batch
	letGo  func()            // of what the last batch held
}

// watcher is told what happens. Its methods return fast.
type watcher interface {
	queued(jobs, tokens int)
	computed(op string, jobs, features, tokens int, took time.Duration)
	waited(op *operation, d time.Duration)
}

func newBatcher(budget, limit int, slot chan struct{}, w watcher, letGo func()) *batcher {
	b := &batcher{
		budget: budget, limit: limit, slot: slot, watched: w, letGo: letGo, wake: make(chan struct{}, 1), ended: make(chan struct{}),
	}
	go b.loop()
	return b
}

// full says whether no text at all could wait now, before anything is spent on a request.
func (b *batcher) full() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.tokens >= b.limit
}

// delay is how long what waits will take, as far as the last batches tell.
func (b *batcher) delay() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.rate == 0 {
		return 0
	}
	return time.Duration(float64(b.tokens) / b.rate * float64(time.Second))
}

// alone runs an operation past the queue, between two batches.
func (b *batcher) alone(ctx context.Context, op *operation, batch *features.Batch) error {
	select {
	case b.slot <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-b.slot }()
	return fault.Caught(func() error {
		_, err := op.run(batch)
		return err
	})
}

// do waits for an operation on all features of a batch, which belongs to the batcher until then. A request whose context ends leaves
// the queue at once.
func (b *batcher) do(ctx context.Context, op *operation, batch *features.Batch) (*job, error) {
	j := &job{ctx: ctx, op: op, batch: batch, left: batch.Tokens(), done: make(chan struct{}), enqueued: time.Now()}
	if batch.Len() == 0 {
		return j, nil
	}
	if err := b.push(j); err != nil {
		return j, err
	}
	select {
	case <-j.done:
		return j, j.err
	case <-ctx.Done():
		b.leave(j)
		return j, ctx.Err()
	}
}

func (b *batcher) push(j *job) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.closed:
		return errClosed
	case b.tokens+j.left > b.limit, b.late(j):
		return errFull
	}
	b.waiting = append(b.waiting, j)
	b.tokens += j.left
	b.ahead += b.part(j)
	b.tell()
	return nil
}

// part is how much of a request a batch has room for.
func (b *batcher) part(j *job) int { return min(j.left, b.budget) }

// late says that a request's time would be over before its turn came, that it would wait longer than anybody shall, or that there is lasting
// overload, as far as the last batches tell: it is refused now, not then.
func (b *batcher) late(j *job) bool {
	if b.rate == 0 {
		return false
	}
	if b.pressure.refuses(j.enqueued, b.part(j), b.computing+b.ahead, b.rate) && b.tokens > 0 {
		return true
	}
	if b.tokens == 0 {
		return false
	}
	before := float64(b.tokens + b.computing)
	if b.longest > 0 && before > b.rate*b.longest.Seconds() {
		return true
	}
	deadline, ends := j.ctx.Deadline()
	return ends && before+float64(j.left) > b.rate*time.Until(deadline).Seconds()
}

// tell wakes the loop, and whoever watches. It is called with the lock.
func (b *batcher) tell() {
	b.watched.queued(len(b.waiting), b.tokens)
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// leave takes a request out of the queue.
func (b *batcher) leave(j *job) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.drop(j)
	b.tell()
}

// drop takes a request out of the queue, if it is there. It is called with the lock.
func (b *batcher) drop(j *job) {
	if i := slices.Index(b.waiting, j); i >= 0 {
		b.waiting = slices.Delete(b.waiting, i, i+1)
		b.tokens -= j.left
		b.ahead -= b.part(j)
	}
}

// close lets what waits be computed, takes nothing more, and returns when all is done.
func (b *batcher) close() {
	b.mu.Lock()
	b.closed = true
	b.tell()
	b.mu.Unlock()
	<-b.ended
}
