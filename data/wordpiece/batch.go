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
	err := each(len(inputs), p.Workers, func(i int) (err error) {
		encodings[i], err = p.encode(inputs[i])
		return err
	})
	if err != nil {
		return nil, err
	}
	if p.Padding != DoNotPad {
		padAll(encodings, p.fixed, p.PadToMultiple, p.pad)
	}
	return encodings, nil
}

// stretch is how many inputs a worker takes at a time.
const stretch = 32

// each calls f for 0 to n-1, on several goroutines where it pays, and returns the error of the smallest index.
func each(n, workers int, f func(i int) error) error {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	workers = min(workers, (n+stretch-1)/stretch)
	var next atomic.Int64
	failed := make([]struct {
		index int
		err   error
	}, max(workers, 1))
	work := func(w int) {
		for {
			start := int(next.Add(stretch)) - stretch
			if start >= n {
				return
			}
			for i := start; i < min(start+stretch, n); i++ {
				if err := f(i); err != nil {
					failed[w].index, failed[w].err = i, err
					return
				}
			}
		}
	}
	if workers <= 1 {
		work(0)
	} else {
		var group sync.WaitGroup
		for w := range workers {
			group.Go(func() { work(w) })
		}
		group.Wait()
	}
	first := -1
	for w := range failed {
		if failed[w].err != nil && (first < 0 || failed[w].index < failed[first].index) {
			first = w
		}
	}
	if first < 0 {
		return nil
	}
	if n == 1 {
		return fmt.Errorf("wordpiece: encoding: %w", failed[first].err)
	}
	return fmt.Errorf("wordpiece: encoding: input %d: %w", failed[first].index, failed[first].err)
}
