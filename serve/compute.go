package serve

import (
	"time"

	"gobert/internal/fault"
)

// compute runs a batch and hands out what came of it. Where that fails, each request is tried by itself: the fault may be of one.
func (b *batcher) compute(parts []part, tokens int) {
	began, features := time.Now(), 0
	for _, p := range parts {
		if features += p.end - p.first; p.first == 0 {
			p.began = began
			b.watched.waited(p.op.name, began.Sub(p.enqueued))
		}
	}
	outputs, err := b.run(parts)
	b.measured(tokens, time.Since(began))
	b.watched.computed(parts[0].op.name, len(parts), features, tokens, time.Since(began))
	for _, p := range parts {
		switch n := p.end - p.first; {
		case err == nil:
			b.give(p, outputs[:n], nil)
			outputs = outputs[n:]
		case len(parts) == 1:
			b.give(p, nil, err)
		default:
			alone, err := b.run([]part{p})
			b.give(p, alone, err)
		}
	}
}

// measured learns from a batch how fast the model is.
func (b *batcher) measured(tokens int, took time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.computing = 0
	const least, most = 0.02, 0.5 // a small batch says little about how fast large ones are
	weight := min(most, max(least, float64(tokens)/float64(b.budget)))
	if rate := float64(tokens) / max(took, time.Nanosecond).Seconds(); b.rate == 0 {
		b.rate = rate
	} else {
		b.rate += weight * (rate - b.rate)
	}
}

// run computes the features of some parts.
func (b *batcher) run(parts []part) (outputs []output, err error) {
	batch, features := &b.merged, 0
	if p := parts[0]; len(parts) == 1 && p.end-p.first == p.batch.Len() {
		batch, features = p.batch, p.batch.Len() // it is a batch already
	} else {
		batch.Reset()
		for _, p := range parts {
			for i := p.first; i < p.end; i++ {
				batch.AppendSequence(p.batch, i)
			}
			features += p.end - p.first
		}
	}
	err = fault.Caught(func() (err error) {
		outputs, err = parts[0].op.run(batch)
		return err
	})
	if err == nil && len(outputs) != features {
		err = fault.New("serve: %s gave %d results for %d texts", parts[0].op.name, len(outputs), features)
	}
	return outputs, err
}

// give adds to what a request has got; where that is all, the request goes on.
func (b *batcher) give(p part, outputs []output, err error) {
	j := p.job
	if j.outputs = append(j.outputs, outputs...); err == nil && p.end < j.batch.Len() {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	j.err = err
	for i, other := range b.waiting { // what is left of one that failed
		if other == j {
			b.waiting = append(b.waiting[:i], b.waiting[i+1:]...)
			b.tokens -= j.left
			break
		}
	}
	close(j.done)
}
