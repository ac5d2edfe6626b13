package serve

import (
	"slices"
	"time"

	"gobert/data/labelled/features"
	"gobert/internal/fault"
	"gobert/internal/over"
)

// compute runs a batch and hands out what came of it. Where that fails, each request is tried by itself: the fault may be of one.
func (b *batcher) compute(parts []part, tokens int) {
	began, features := time.Now(), 0
	for _, p := range parts {
		if features += p.end - p.first; p.first == 0 {
			p.began = began
			b.watched.waited(p.op, began.Sub(p.enqueued))
		}
	}
	outputs, err := b.run(parts)
	b.measured(tokens, time.Since(began))
	b.watched.computed(nameOf(parts), len(parts), features, tokens, time.Since(began))
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

// nameOf is what a batch is called: by its operation, or "mixed" where it has several, of one model or of adapters over it.
func nameOf(parts []part) string {
	for _, p := range parts[1:] {
		if p.op != parts[0].op {
			return "mixed"
		}
	}
	return parts[0].op.name
}

// group are parts that are for the same, as one batch of sequences.
type group struct {
	parts []part
	batch *features.Batch
}

// groups sorts parts by what they are for, in the order in which they came.
func (b *batcher) groups(parts []part) (list []*group) {
	for _, p := range parts {
		at := slices.IndexFunc(list, func(g *group) bool { return g.parts[0].alike(p.job) })
		if at < 0 {
			at, list = len(list), append(list, &group{})
		}
		list[at].parts = append(list[at].parts, p)
	}
	for i, g := range list {
		if p := g.parts[0]; len(g.parts) == 1 && p.end-p.first == p.batch.Len() {
			g.batch = p.batch // it is a batch already
			continue
		}
		for len(b.merged) <= i {
			b.merged = append(b.merged, &features.Batch{})
		}
		g.batch = b.merged[i]
		g.batch.Reset()
		for _, p := range g.parts {
			for i := p.first; i < p.end; i++ {
				g.batch.AppendSequence(p.batch, i)
			}
		}
	}
	return list
}

// run computes the features of some parts, and gives their outputs in the order of the parts.
func (b *batcher) run(parts []part) (outputs []output, err error) {
	groups := b.groups(parts)
	results := make([][]output, len(groups))
	err = fault.Caught(func() (err error) {
		if len(groups) > 1 {
			return together(groups, results)
		}
		results[0], err = parts[0].op.run(groups[0].batch)
		return err
	})
	if err != nil {
		return nil, err
	}
	for i, g := range groups {
		if n := g.batch.Len(); len(results[i]) != n {
			return nil, fault.New("serve: %s gave %d results for %d texts", g.parts[0].op.name, len(results[i]), n)
		}
	}
	for _, p := range parts {
		at := slices.IndexFunc(groups, func(g *group) bool { return g.parts[0].alike(p.job) })
		n := p.end - p.first
		outputs, results[at] = append(outputs, results[at][:n]...), results[at][n:]
	}
	return outputs, nil
}

// together takes several operations through one pass.
func together(groups []*group, results [][]output) error {
	list := make([]over.Shared, len(groups))
	for i, g := range groups {
		list[i] = over.Shared{Call: g.parts[0].op.call, Batch: g.batch}
	}
	outputs, err := over.Together(groups[0].parts[0].op.base, list)
	for i, g := range groups {
		if err == nil {
			results[i], err = g.parts[0].op.rows(outputs[i], g.batch)
		}
	}
	return err
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
	b.drop(j) // what is left of one that failed
	close(j.done)
}
