package data

import "fmt"

// planEpoch hands out the windows of an epoch, from the one that holds
// sequence index on.
func (l *Loader[B]) planEpoch(epoch, index int) error {
	n, err := l.source.Len(epoch)
	if err != nil {
		return fmt.Errorf("loader: epoch %d: %w", epoch, err)
	}
	if n == 0 {
		return fmt.Errorf("loader: epoch %d has no examples, expected at least one", epoch)
	}
	if index > n {
		return fmt.Errorf("loader: the cursor is at sequence %d of epoch %d, which has %d (was it saved with other data?)", index, epoch, n)
	}
	l.prepare(epoch + 1)
	order := newOrder(&l.options, epoch, n)
	size := windowSize
	if l.options.Bucket > 0 {
		size = l.options.Bucket
	}
	for first := index / size * size; first < n; first += size {
		var w *window[B]
		select {
		case w = <-l.free:
		case <-l.ctx.Done():
			return l.ctx.Err()
		}
		w.epoch, w.first, w.last, w.order = epoch, first, min(first+size, n), &order
		w.skip = max(0, index-first)
		// Both have room for all windows.
		l.jobs <- w
		l.ordered <- w
	}
	return nil
}

// prepare asks for the length of an epoch before it begins: a source may have
// seconds of work to answer. Its error comes up again when the epoch begins.
func (l *Loader[B]) prepare(epoch int) {
	if l.options.Epochs == 0 || epoch < l.options.Epochs {
		l.start(func() { _, _ = l.source.Len(epoch) }, func() {})
	}
}

// pack cuts the drawn windows, in order, into batches.
func (l *Loader[B]) pack() {
	p := packer[B]{loader: l, batch: l.source.NewBatch()}
	for w := range l.ordered {
		select {
		case <-w.done:
		case <-l.ctx.Done():
			return
		}
		if !p.window(w) {
			return
		}
		l.free <- w
	}
	if p.flush() && l.ctx.Err() == nil {
		l.send(step[B]{err: l.failed})
	}
}

// packer fills one batch at a time.
type packer[B Refillable[B]] struct {
	loader *Loader[B]
	batch  B
	size   budget
	cursor Cursor // behind the last sequence packed
}

// window packs the sequences of a window; false ends the loader.
func (p *packer[B]) window(w *window[B]) bool {
	if w.err != nil {
		if p.flush() {
			p.loader.send(step[B]{err: fmt.Errorf("loader: %w", w.err)})
		}
		return false
	}
	// An epoch's last batch may be small; none mixes two epochs.
	if w.epoch != p.cursor.Epoch && !p.flush() {
		return false
	}
	for i := w.skip; i < len(w.sequence); i++ {
		sequence := int(w.sequence[i])
		length := w.batch.Length(sequence)
		if (w.breaks[i] || !p.size.fits(&p.loader.options, length)) && !p.flush() {
			return false
		}
		p.batch.AppendSequence(w.batch, sequence)
		p.size.add(length)
		p.cursor = Cursor{Epoch: w.epoch, Index: w.first + i + 1}
	}
	return true
}

// flush sends the batch, if there is anything in it, and takes another.
func (p *packer[B]) flush() bool {
	if p.size.sequences == 0 {
		return true
	}
	if !p.loader.send(step[B]{batch: p.batch, cursor: p.cursor}) {
		return false
	}
	select {
	case p.batch = <-p.loader.recycle:
		p.batch.Reset()
	default:
		p.batch = p.loader.source.NewBatch()
	}
	p.size = budget{}
	return true
}

// send waits until the batch is wanted; false means that the loader ends.
func (l *Loader[B]) send(s step[B]) bool {
	select {
	case l.ready <- s:
		return true
	case <-l.ctx.Done():
		return false
	}
}
