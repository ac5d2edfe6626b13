package data

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"gobert/internal/fault"
)

// Loader gives batches in a fixed order, drawn ahead by its own goroutines.
type Loader[B Refillable[B]] struct {
	source  Source[B]
	options LoaderOptions

	free    chan *window[B] // windows to plan
	jobs    chan *window[B] // planned, to be drawn by any worker
	ordered chan *window[B] // planned, in order, to be packed
	ready   chan step[B]    // packed batches
	recycle chan B          // batches given back

	failed  error // why planning ended; set before ordered is closed
	ctx     context.Context
	cancel  context.CancelCauseFunc
	running sync.WaitGroup
	wait    Wait
	end     error // what Next answers from now on
}

// step is a packed batch and the place behind it.
type step[B Refillable[B]] struct {
	batch  B
	cursor Cursor
	err    error
}

// Wait is how long calls of Next waited: what the data costs a training step.
type Wait struct {
	Last, Total time.Duration
	Steps       int
}

// NewLoader starts to draw ahead from options.Start. The loader must be closed; it
// also ends when ctx does.
func NewLoader[B Refillable[B]](ctx context.Context, source Source[B], options LoaderOptions) (*Loader[B], error) {
	if err := options.Validate(); err != nil {
		return nil, err
	}
	options = options.withDefaults()
	windows := windowsAhead(&options)
	l := &Loader[B]{
		source:  source,
		options: options,
		free:    make(chan *window[B], windows),
		jobs:    make(chan *window[B], windows),
		ordered: make(chan *window[B], windows),
		ready:   make(chan step[B], options.Prefetch),
		recycle: make(chan B, options.Prefetch+2),
	}
	l.ctx, l.cancel = context.WithCancelCause(ctx)
	for range windows {
		l.free <- &window[B]{batch: source.NewBatch(), done: make(chan struct{}, 1)}
	}
	l.start(l.plan, func() { close(l.jobs); close(l.ordered) })
	l.start(l.pack, func() { close(l.ready) })
	for range options.Workers {
		l.start(l.draw, func() {})
	}
	return l, nil
}

// start runs a part of the loader. A panic in it ends the loader, before the part is seen to have ended, and comes to whoever asks
// for the next batch.
func (l *Loader[B]) start(part, ended func()) {
	l.running.Go(func() {
		defer ended()
		if err := fault.Caught(func() error { part(); return nil }); err != nil {
			l.cancel(err)
		}
	})
}

// windowsAhead keeps every worker busy while one batch is packed.
func windowsAhead(o *LoaderOptions) int {
	if o.Bucket > 0 {
		return o.Workers + 2
	}
	return 2*o.Workers + (o.Prefetch*o.Sequences+windowSize-1)/windowSize + 2
}

// Next returns the next batch and the cursor behind it. After the last epoch
// the error is io.EOF. The batch is the caller's until [Loader.Release]. Next
// is for one goroutine.
func (l *Loader[B]) Next(ctx context.Context) (B, Cursor, error) {
	var none B
	if l.end != nil {
		return none, Cursor{}, l.end
	}
	start := time.Now()
	select {
	case s, ok := <-l.ready:
		l.measure(time.Since(start))
		switch {
		case ok && s.err == nil:
			return s.batch, s.cursor, nil
		case ok:
			l.end = s.err
		default:
			l.end = fmt.Errorf("loader: closed: %w", context.Cause(l.ctx))
		}
		return none, Cursor{}, l.end
	case <-ctx.Done():
		return none, Cursor{}, fmt.Errorf("loader: waiting for a batch: %w", context.Cause(ctx))
	}
}

func (l *Loader[B]) measure(d time.Duration) {
	l.wait.Last = d
	l.wait.Total += d
	l.wait.Steps++
}

// Wait returns the times that Next waited so far.
func (l *Loader[B]) Wait() Wait { return l.wait }

// Release gives a batch back to be filled again. The caller keeps nothing of it.
func (l *Loader[B]) Release(b B) {
	select {
	case l.recycle <- b:
	default: // More batches than the loader has use for.
	}
}

// Close ends all goroutines of the loader and waits for them.
func (l *Loader[B]) Close() {
	l.cancel(nil)
	l.running.Wait()
}

// draw is a worker.
func (l *Loader[B]) draw() {
	for {
		select {
		case w, ok := <-l.jobs:
			if !ok {
				return
			}
			w.draw(l.source, &l.options)
			w.done <- struct{}{}
		case <-l.ctx.Done():
			return
		}
	}
}

// plan hands out windows until the last epoch or the end of the context.
func (l *Loader[B]) plan() {
	l.failed = io.EOF
	start := l.options.Start
	for epoch := start.Epoch; l.options.Epochs == 0 || epoch < l.options.Epochs; epoch++ {
		if err := l.planEpoch(epoch, start.Index); err != nil {
			l.failed = err
			return
		}
		start.Index = 0
	}
}
