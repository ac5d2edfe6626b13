package data

import (
	"cmp"
	"slices"
)

// A window is a run of examples that one worker draws. Windows have fixed
// bounds, so that batches do not depend on who draws what and when.
type window[B Refillable[B]] struct {
	epoch, first, last int // positions in the epoch
	order              *order
	skip               int // sequences that were delivered before the run went on
	batch              B
	sequence           []int32 // the order in which sequences are packed
	breaks             []bool  // a batch begins at this sequence, whatever its bounds
	cuts               []run   // batches of a bucket, before they are shuffled
	err                error
	done               chan struct{} // holds a token when the window is drawn
}

// run is a batch of a bucket: sequences first to last of the sorted order.
type run struct{ first, last int }

// windowSize is the number of examples a worker draws at a time without
// buckets: large against the cost of handing over, small against a batch's.
const windowSize = 32

// draw fills the window.
func (w *window[B]) draw(source Source[B], o *LoaderOptions) {
	w.err = nil
	w.batch.Reset()
	w.sequence, w.breaks = w.sequence[:0], w.breaks[:0]
	for position := w.first; position < w.last; position++ {
		if w.err = source.Append(w.batch, w.epoch, w.order.at(position)); w.err != nil {
			return
		}
		w.sequence = append(w.sequence, int32(position-w.first))
		w.breaks = append(w.breaks, false)
	}
	if o.Bucket > 0 {
		w.bucket(o)
	}
}

// bucket sorts by length, cuts the sorted run into batches and shuffles these:
// their order must not tell the model how long the next texts are.
func (w *window[B]) bucket(o *LoaderOptions) {
	slices.SortFunc(w.sequence, func(a, b int32) int {
		return cmp.Or(cmp.Compare(w.batch.Length(int(a)), w.batch.Length(int(b))), cmp.Compare(a, b))
	})
	w.cuts = w.cuts[:0]
	first, size := 0, budget{}
	for i, s := range w.sequence {
		length := w.batch.Length(int(s))
		if !size.fits(o, length) {
			w.cuts = append(w.cuts, run{first, i})
			first, size = i, budget{}
		}
		size.add(length)
	}
	w.cuts = append(w.cuts, run{first, len(w.sequence)})
	w.shuffleCuts(o)
}

func (w *window[B]) shuffleCuts(o *LoaderOptions) {
	key := mix(mix(mix(o.Seed)+uint64(w.epoch)) + uint64(w.first))
	p := newPermutation(len(w.cuts), key)
	sorted := len(w.sequence)
	for i := range w.cuts {
		c := w.cuts[p.at(i)]
		w.breaks[len(w.sequence)-sorted] = true
		w.sequence = append(w.sequence, w.sequence[c.first:c.last]...)
	}
	w.sequence = append(w.sequence[:0], w.sequence[sorted:]...)
}

// budget is what a batch holds so far.
type budget struct{ sequences, tokens int }

// fits reports whether a sequence of so many tokens may join.
func (b *budget) fits(o *LoaderOptions, length int) bool {
	switch {
	case b.sequences == 0:
		return true
	case o.Sequences > 0 && b.sequences == o.Sequences:
		return false
	default:
		return o.Tokens == 0 || b.tokens+length <= o.Tokens
	}
}

func (b *budget) add(length int) {
	b.sequences++
	b.tokens += length
}
