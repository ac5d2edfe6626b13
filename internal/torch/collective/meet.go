package collective

import (
	"context"
	"fmt"
	"time"

	"gobert/internal/ranks"
)

// Options say whom to meet, and how long to wait.
type Options struct {
	Place ranks.Place
	// Patience is how long to wait for the others at the start; 0 is five minutes.
	Patience time.Duration
	// Timeout is after how long a rank is named that gives no sign of life; 0 is ten seconds.
	Timeout time.Duration
	// Limit is how long to wait for a rank that lives, but does not come to what all do together; 0 is half an hour.
	Limit time.Duration
	// Tell is called now and then on rank 0 with the ranks that have not come yet; it may be nil.
	Tell func(missing []int)
}

// DefaultTimeout is how long a rank may give no sign of life.
const DefaultTimeout = 10 * time.Second

// Meet waits for all ranks and connects them. An error is the same on all who came: it names those who did not, or came twice.
func Meet(ctx context.Context, opts Options) (*World, error) {
	p := opts.Place
	if err := ranks.CheckSize(p.Size); err != nil {
		return nil, err
	}
	w := &World{place: p, opts: opts, watch: &watch{place: p, timeout: opts.Timeout, limit: opts.Limit}}
	if p.Alone() {
		w.watch.done = make(chan struct{})
		return w, nil
	}
	for _, d := range []struct {
		of        *time.Duration
		otherwise time.Duration
	}{{&w.opts.Patience, 5 * time.Minute}, {&w.watch.timeout, DefaultTimeout}, {&w.watch.limit, 30 * time.Minute}} {
		if *d.of == 0 {
			*d.of = d.otherwise
		}
	}
	o, err := open(ctx, p, fmt.Sprintf("gobert/%d", p.Attempt), w.opts.Patience)
	if err != nil {
		return nil, err
	}
	w.store, w.watch.store, w.watch.where = o.store, o.watch, w.where
	if err := w.arrive(o.address); err != nil { // the others go on without this process
		o.watch.free()
		o.store.free()
		return nil, err
	}
	w.watch.start()
	if err = w.waitForAll(ctx); err == nil {
		err = w.connect(ctx, o)
	}
	if err == nil {
		err = w.approach()
	}
	if err != nil {
		w.part()
		return nil, err
	}
	return w, nil
}
