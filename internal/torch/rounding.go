package torch

import "slices"

// Numbers of rows are rounded up, for two reasons. On the CPU oneDNN prepares each product for the sizes that it meets, and keeps
// what it prepared; batches of real tokens seldom have the same number twice. On a GPU a step can be recorded only if its sizes come
// again (see [Graphs]). Nobody outside of this package knows of it: a program says with [Mode.Many] that many batches will come.
const (
	roundTo = 64

	fewestRounded = 256 // rows of a batch, on the CPU: of fewer too large a share would be added

	bucketedSequences = 8 // what a number of sequences, and one of padding, is rounded up to where a step is recorded
)

// roundUp is the next multiple of [roundTo].
func roundUp(n int) int { return (n + roundTo - 1) / roundTo * roundTo }

// bucketed is a number of tokens that batches of about as many share: a multiple of 64, and from 1,024 on of a sixteenth to an eighth
// of them, as long as that is no more than the longest sequence. There is always room for sequences of padding, of which none is longer.
func bucketed(tokens, longest int) int {
	step := roundTo
	for step*16 <= tokens && 2*step <= longest {
		step *= 2
	}
	return (tokens + step) / step * step
}

// batch is how many rows the pass computes for a batch, and how many sequences of padding fill them.
func (p *Pass) batch(s *Sequences) (rows, padding int) {
	switch {
	case !p.Many:
	case p.Recorded:
		padding = bucketedSequences - s.Count%bucketedSequences
		return bucketed(s.Tokens+padding-1, s.longest), padding
	case !p.Device.IsCUDA() && s.Tokens%roundTo > 0 && s.Tokens >= fewestRounded:
		return roundUp(s.Tokens), 1
	}
	return s.Tokens, 0
}

// some is how many rows the pass computes where so many are asked for of a tensor with of rows. Where a row is dear, as before a
// vocabulary, few are left as they are.
func (p *Pass) some(asked, of int, dear bool) int {
	want := min(roundUp(asked), of)
	switch {
	case !p.Many:
		return asked
	case !dear:
		return want
	case want < roundUp(asked), !p.Recorded && (p.Device.IsCUDA() || asked < roundTo):
		return asked
	}
	return want
}

// Picked are some rows of a tensor by token: those that were asked for, and others that round up their number.
type Picked struct {
	Rows *Tensor // their numbers, int32 [M], ascending, on the pass's device; nil for none

	rows, asked []int32
}

// Pick hands over numbers of rows, ascending and distinct, of a tensor that has so many. The pass may pick more: the first ones that
// were not asked for. A dear row is one that much is computed for, such as scores of a whole vocabulary.
func (p *Pass) Pick(asked []int32, of int, dear bool) *Picked {
	k := &Picked{asked: asked, rows: asked}
	if n := p.some(len(asked), of, dear); n > len(asked) {
		k.rows = make([]int32, 0, n)
		extra, next := n-len(asked), 0
		for row := int32(0); len(k.rows) < n; row++ {
			switch {
			case next < len(asked) && asked[next] == row:
				k.rows, next = append(k.rows, row), next+1
			case extra > 0:
				k.rows, extra = append(k.rows, row), extra-1
			}
		}
	}
	if len(k.rows) > 0 {
		k.Rows = From(p, k.rows, int64(len(k.rows)))
	}
	return k
}

// Len is how many rows were picked.
func (k *Picked) Len() int { return len(k.rows) }

// Find gives the places of rows among those picked; both ascend, and all were picked.
func (k *Picked) Find(rows []int32) []int32 {
	places, at := make([]int32, len(rows)), 0
	for i, row := range rows {
		for k.rows[at] != row {
			at++
		}
		places[i] = int32(at)
	}
	return places
}

// Label gives each picked row its label: those asked for the given ones, in their order, all others blank.
func Label[T any](k *Picked, labels []T, blank T) []T {
	out := slices.Repeat([]T{blank}, len(k.rows))
	for i, place := range k.Find(k.asked) {
		out[place] = labels[i]
	}
	return out
}

// Asked keeps, of values [M,W] by picked row, those that were asked for.
func Asked[T any](k *Picked, values []T) []T {
	if len(k.asked) == len(k.rows) {
		return values
	}
	width := len(values) / len(k.rows)
	kept := make([]T, 0, len(k.asked)*width)
	for _, place := range k.Find(k.asked) {
		kept = append(kept, values[int(place)*width:(int(place)+1)*width]...)
	}
	return kept
}
