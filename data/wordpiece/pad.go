package wordpiece

import (
	"fmt"
	"slices"
)

// Padding says to which length encodings are filled up.
type Padding int

// The strategies, with the names of transformers.
const (
	DoNotPad     Padding = iota
	Longest              // to the longest encoding of the batch
	PadMaxLength         // to MaxLength
)

// String returns transformers' name.
func (p Padding) String() string {
	names := []string{"do_not_pad", "longest", "max_length"}
	if p < 0 || int(p) >= len(names) {
		return fmt.Sprintf("Padding(%d)", int(p))
	}
	return names[p]
}

// padding is what is filled in, and where.
type padding struct {
	id     int32
	token  string
	side   Side
	typeID int32
}

// padTo fills an encoding, and all that overflowed from it, up to a length.
func (e *Encoding) padTo(length int, p padding) {
	for _, o := range e.Overflowing {
		o.padTo(length, p)
	}
	n := length - e.Len()
	if n <= 0 {
		return
	}
	at := e.Len()
	if p.side == Left {
		at = 0
		for i := range e.sequences {
			if r := &e.sequences[i]; r.known {
				r.Start += n
				r.End += n
			}
		}
	}
	e.IDs = fill(e.IDs, at, n, p.id)
	e.TypeIDs = fill(e.TypeIDs, at, n, p.typeID)
	e.Tokens = fill(e.Tokens, at, n, p.token)
	e.Offsets = fill(e.Offsets, at, n, Span{})
	e.ByteOffsets = fill(e.ByteOffsets, at, n, Span{})
	e.WordIDs = fill(e.WordIDs, at, n, -1)
	e.SpecialMask = fill(e.SpecialMask, at, n, 1)
	e.AttentionMask = fill(e.AttentionMask, at, n, 0)
}

// fill inserts a value n times.
func fill[T any](s []T, at, n int, value T) []T {
	before := len(s)
	s = slices.Grow(s, n)[:before+n]
	copy(s[at+n:], s[at:before])
	for i := range n {
		s[at+i] = value
	}
	return s
}

// multipleOf rounds a length up; a multiple of 0 is any.
func multipleOf(length, multiple int) int {
	if multiple > 0 && length%multiple > 0 {
		length += multiple - length%multiple
	}
	return length
}

// padAll fills a batch up, to its longest member where no length is given.
func (p *plan) padAll(batch []*Encoding) {
	length := p.fixed
	if length < 0 {
		for _, e := range batch {
			length = max(length, e.Len())
		}
	}
	length = multipleOf(length, p.PadToMultiple)
	// Padding has no errors.
	_, _ = each(len(batch), p.Workers, chunkInputs, func(i int) error {
		batch[i].padTo(length, p.pad)
		return nil
	})
}
