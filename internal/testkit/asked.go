package testkit

import (
	"context"
	"sync/atomic"
	"testing"
)

// Asked is a context that ends once it has been asked so often whether it has: an interruption whose moment depends on what was
// done, and not on how fast. Whoever waits for its end without asking again is woken, too.
type Asked struct {
	context.Context
	end   context.CancelFunc
	times atomic.Int64
	most  int64
}

// NewAsked makes one that ends at the most-th question; 0 is never.
func NewAsked(t testing.TB, most int64) *Asked {
	ctx, end := context.WithCancel(t.Context())
	return &Asked{Context: ctx, end: end, most: most}
}

// Times is how often it was asked.
func (a *Asked) Times() int64 { return a.times.Load() }

// Done counts as a question.
func (a *Asked) Done() <-chan struct{} {
	a.count()
	return a.Context.Done()
}

// Err counts as a question.
func (a *Asked) Err() error {
	a.count()
	return a.Context.Err()
}

func (a *Asked) count() {
	if a.times.Add(1) == a.most {
		a.end()
	}
}
