package wordpiece

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
)

// EncodeBatch encodes inputs on all cores and keeps their order.
func (t *Tokenizer) EncodeBatch(inputs []Input, o EncodeOptions) ([]*Encoding, error) {
	p, err := t.plan(o)
	if err != nil {
		return nil, err
	}
	return p.batch(inputs)
}

// batch encodes inputs and pads them.
func (p *plan) batch(inputs []Input) ([]*Encoding, error) {
	encodings := make([]*Encoding, len(inputs))
	chunks := sync.Pool{New: func() any { return new(chunk) }}
	failed := make([]int, (len(inputs)+chunkInputs-1)/chunkInputs)
	k, err := each(len(failed), p.Workers, 1, func(k int) (err error) {
		c := chunks.Get().(*chunk)
		defer chunks.Put(c)
		from, to := k*chunkInputs, min((k+1)*chunkInputs, len(inputs))
		failed[k], err = p.encodeChunk(encodings[from:to], inputs[from:to], c)
		return err
	})
	if err != nil {
		return nil, inInput(k*chunkInputs+failed[k], len(inputs), err)
	}
	if p.Padding != DoNotPad {
		p.padAll(encodings)
	}
	return encodings, nil
}

// inInput names an input in an error, where there are several.
func inInput(index, count int, err error) error {
	if count == 1 {
		return fmt.Errorf("wordpiece: encoding: %w", err)
	}
	return fmt.Errorf("wordpiece: encoding: input %d: %w", index, err)
}

// each calls f for 0 to n-1, stretch of them at a time, on several goroutines where it pays. It returns the error of the smallest
// index, and that index.
func each(n, workers, stretch int, f func(i int) error) (int, error) {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	workers = min(workers, (n+stretch-1)/stretch)
	var next atomic.Int64
	var lock sync.Mutex
	first, failed := n, error(nil)
	work := func() {
		for {
			start := int(next.Add(int64(stretch))) - stretch
			if start >= n {
				return
			}
			for i := start; i < min(start+stretch, n); i++ {
				if err := f(i); err != nil {
					lock.Lock()
					defer lock.Unlock()
					if i < first {
						first, failed = i, err
					}
					return
				}
			}
		}
	}
	if workers <= 1 {
		work()
		return first, failed
	}
	var group sync.WaitGroup
	for range workers {
		group.Go(work)
	}
	group.Wait()
	return first, failed
}
