package corpus

import (
	"cmp"
	"context"
	"runtime"
	"sync/atomic"

	faults "gobert/internal/fault"
)

// job is a block on its way: one goroutine reads, many tokenize, one writes, in the order of
// reading.
type job struct {
	block block
	done  chan *tokenized
}

// pipeline reads blocks of sources from a place on, tokenizes them on several goroutines and
// hands them to write in their order. What waits is bounded, so memory is.
func (o *BuildOptions) pipeline(ctx context.Context, sources []Source, from position, read *atomic.Int64, write func(*tokenized) error) error {
	workers := cmp.Or(o.Workers, runtime.GOMAXPROCS(0))
	depth := 2 * workers
	buffers, results := make(pool[[]byte], depth+2), make(pool[*tokenized], depth+2)
	jobs, order := make(chan *job, depth), make(chan *job, depth)
	group, ctx := faults.GroupOf(ctx)
	sources = append([]Source(nil), sources...)

	group.Go(func() error {
		defer close(order)
		defer close(jobs)
		free := func() []byte { return buffers.get(nil)[:0] }
		o.readBlocks(ctx, sources, from, read, free, func(b block) bool {
			next := &job{block: b, done: make(chan *tokenized, 1)}
			for _, queue := range []chan *job{order, jobs} {
				select {
				case queue <- next:
				case <-ctx.Done():
					return false
				}
			}
			return true
		})
		return context.Cause(ctx)
	})
	for range workers {
		k := tokenizer{options: &o.ReadOptions, pieces: o.Tokenizer, unknown: o.Tokenizer.Special().Unk}
		group.Go(func() error {
			for next := range jobs {
				t := results.get(&tokenized{})
				k.tokenize(t, next.block)
				next.done <- t
			}
			return nil
		})
	}
	group.Go(func() error {
		for next := range order {
			select {
			case t := <-next.done:
				if err := write(t); err != nil {
					return err
				}
				buffers.put(t.block.data, cap(t.block.data) <= 2*blockBytes) // a giant is not kept
				results.put(t, cap(t.ids) <= 2*blockBytes)
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
		return nil
	})
	return group.Wait()
}

// pool keeps values to be used again, a bounded number of them.
type pool[T any] chan T

// get returns a kept value, or the new one given.
func (p pool[T]) get(fresh T) T {
	select {
	case v := <-p:
		return v
	default:
		return fresh
	}
}

func (p pool[T]) put(v T, keep bool) {
	if !keep {
		return
	}
	select {
	case p <- v:
	default:
	}
}
