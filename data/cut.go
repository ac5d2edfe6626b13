package data

import "context"

// Batches are what is cut into parts: a Loader gives them, and whatever wraps one.
type Batches[B, C any] interface {
	Next(ctx context.Context) (B, C, error)
	Release(batch B)
}

// Cut cuts each batch into so many parts of neighbouring sequences, as equal as may be, and gives some of these, one after the other:
// count of them from first on. Where several batches are for one update, it gives a part of each of them before the next part. Where a batch
// has fewer sequences than parts, some are empty. The cursor of each is the one behind the last batch.
type Cut[B Refillable[B], C any] struct {
	batches             Batches[B, C]
	together            int // batches
	parts, first, count int
	own                 []B
	next                int // of own
	cursor              C
}

// NewCut cuts batches, so many together; empty gives one to be filled.
func NewCut[B Refillable[B], C any](batches Batches[B, C], together, parts, first, count int, empty func() B) *Cut[B, C] {
	p := &Cut[B, C]{batches: batches, together: together, parts: parts, first: first, count: count, next: together * count}
	for range together * count {
		p.own = append(p.own, empty())
	}
	return p
}

// Next gives the next part. It is good until the first of another batch is asked for.
func (p *Cut[B, C]) Next(ctx context.Context) (part B, cursor C, err error) {
	if p.next == len(p.own) {
		for batch := range p.together {
			whole, behind, err := p.batches.Next(ctx)
			if err != nil {
				return part, cursor, err
			}
			p.cursor = behind
			for i := range p.count {
				FillPart(p.own[i*p.together+batch], whole, p.first+i, p.parts)
			}
			p.batches.Release(whole)
		}
		p.next = 0
	}
	p.next++
	return p.own[p.next-1], p.cursor, nil
}

// Release does nothing: parts are filled again by themselves.
func (p *Cut[B, C]) Release(B) {}

// FillPart fills a batch with one of so many parts of another one, counted from 0.
func FillPart[B Refillable[B]](part, whole B, number, parts int) {
	part.Reset()
	for s := number * whole.Len() / parts; s < (number+1)*whole.Len()/parts; s++ {
		part.AppendSequence(whole, s)
	}
}
