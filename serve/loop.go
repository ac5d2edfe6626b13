package serve

import "time"

// part is what a batch has of a job: features from first up to end.
type part struct {
	*job
	first, end int
}

// rest is long enough for the memory of a pass to be there for the next one where requests come one after the other.
const rest = 10 * time.Second

func (b *batcher) loop() {
	defer close(b.ended)
	idle := time.NewTimer(rest)
	defer idle.Stop()
	for {
		select {
		case <-idle.C:
			b.merged = nil
			b.letGo()
			continue
		case <-b.wake:
		}
		for {
			b.mu.Lock()
			nothing, closed := len(b.waiting) == 0, b.closed
			b.mu.Unlock()
			if nothing && closed {
				return
			}
			if nothing {
				idle.Reset(rest)
				break
			}
			b.slot <- struct{}{} // What waits is chosen when the machine is free, not before.
			parts, tokens := b.take()
			if len(parts) > 0 {
				b.compute(parts, tokens)
			}
			<-b.slot
		}
	}
}

// take chooses the next batch: the oldest request, and those behind it that may share it, in their order, up to the budget.
func (b *batcher) take() (parts []part, tokens int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	left, full := b.waiting[:0], false
	var unfinished *job
	for _, j := range b.waiting {
		if j.ctx.Err() != nil { // it is about to leave by itself
			b.tokens -= j.left
			continue
		}
		if full || len(parts) > 0 && !parts[0].shares(j) {
			left = append(left, j)
			continue
		}
		p := part{job: j, first: j.taken, end: j.taken}
		for ; p.end < j.batch.Len(); p.end++ {
			n := j.batch.Length(p.end)
			if full = tokens > 0 && tokens+n > b.budget; full {
				break
			}
			tokens, j.left = tokens+n, j.left-n
			b.tokens -= n
		}
		if j.taken = p.end; p.end > p.first {
			parts = append(parts, p)
		}
		switch {
		case p.end == j.batch.Len():
		case p.end == p.first:
			left = append(left, j)
		default:
			unfinished = j
		}
	}
	clear(b.waiting[len(left):])
	if b.waiting = left; unfinished != nil {
		b.waiting = append(b.waiting, unfinished)
	}
	b.computing, b.ahead = tokens, 0
	for _, j := range b.waiting {
		b.ahead += b.part(j)
	}
	b.watched.queued(len(b.waiting), b.tokens)
	return parts, tokens
}

// shares says whether two requests may be in one batch.
func (j *job) shares(other *job) bool {
	return j.alike(other) || j.op.call != nil && other.op.call != nil
}

// alike says whether two requests are for the same: their features lie in one batch of sequences.
func (j *job) alike(other *job) bool {
	return j.op == other.op && j.batch.Choices == other.batch.Choices
}
