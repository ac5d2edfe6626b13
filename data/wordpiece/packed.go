package wordpiece

import (
	"fmt"
	"math"
)

// Packed is a batch without padding: the ids of all encodings end to end, as a model with variable-length attention reads them.
type Packed struct {
	IDs     []int32
	Types   []int32 // segment of each token
	Offsets []int   // encoding i is IDs[Offsets[i]:Offsets[i+1]]; one more than there are encodings
	Inputs  []int   // the input that an encoding is from: overflowing ones follow the first one of their input
}

// Len returns the number of encodings.
func (p *Packed) Len() int { return max(len(p.Offsets)-1, 0) }

// Sequence returns the ids of an encoding, which share the batch's memory.
func (p *Packed) Sequence(i int) []int32 { return p.IDs[p.Offsets[i]:p.Offsets[i+1]] }

// EncodePacked is [Tokenizer.EncodeBatch] for those who want ids and segments and nothing else, without padding: several times
// faster. Of long inputs, what overflows is kept where overflowing is true.
func (t *Tokenizer) EncodePacked(inputs []Input, overflowing bool, o EncodeOptions) (*Packed, error) {
	o.Padding, o.PadToMultiple = DoNotPad, 0
	p, err := t.plan(o)
	if err != nil {
		return nil, err
	}
	slow := t.cooked != nil || o.SplitSpecial || t.spec.options.SplitSpecial
	parts := make([]Packed, (len(inputs)+chunkInputs-1)/chunkInputs)
	failed := make([]int, len(parts))
	k, err := each(len(parts), o.Workers, 1, func(k int) error {
		part := &parts[k]
		a, b := make([]int32, 0, 512), make([]int32, 0, 512)
		bytes := 0
		for i := k * chunkInputs; i < min((k+1)*chunkInputs, len(inputs)); i++ {
			bytes += len(inputs[i].Text) + len(inputs[i].Pair)
		}
		part.IDs, part.Types = make([]int32, 0, bytes/3), make([]int32, 0, bytes/3)
		for i := k * chunkInputs; i < min((k+1)*chunkInputs, len(inputs)); i++ {
			in := inputs[i]
			pair := in.IsPair || in.PairWords != nil || in.Pair != ""
			fits := false
			if !slow {
				a = t.appendInput(a[:0], in.Text, in.Words)
				b = b[:0]
				if pair {
					b = t.appendInput(b, in.Pair, in.PairWords)
				}
				added := 0
				if !p.NoSpecial {
					added = p.template.added(pair)
				}
				fits = p.limit < 0 || len(a)+len(b)+added <= p.limit
			}
			if fits {
				part.fill(p.template.slots(pair), [2][]int32{a, b}, !p.NoSpecial)
				part.Inputs = append(part.Inputs, i)
				continue
			}
			// The rare way: the same, with everything that truncation needs.
			e, err := p.encode(in)
			if err != nil {
				failed[k] = i
				return err
			}
			for n, e := range e.Flat() {
				if n > 0 && !overflowing {
					break
				}
				part.IDs, part.Types = append(part.IDs, e.IDs...), append(part.Types, e.TypeIDs...)
				part.Offsets, part.Inputs = append(part.Offsets, len(part.IDs)), append(part.Inputs, i)
			}
		}
		return nil
	})
	if err != nil {
		return nil, inInput(failed[k], len(inputs), err)
	}
	return join(parts, o.Workers)
}

// appendInput appends the ids of a text or of words.
func (t *Tokenizer) appendInput(dst []int32, text string, words []string) []int32 {
	if words == nil {
		return t.AppendIDs(dst, text)
	}
	for _, word := range words {
		dst = t.AppendIDs(dst, word)
	}
	return dst
}

// fill appends one encoding.
func (p *Packed) fill(slots []slot, texts [2][]int32, special bool) {
	for _, s := range slots {
		ids := s.ids
		switch {
		case s.text >= 0:
			ids = texts[s.text]
		case !special:
			continue
		}
		p.IDs = append(p.IDs, ids...)
		for range ids {
			p.Types = append(p.Types, s.typeID)
		}
	}
	p.Offsets = append(p.Offsets, len(p.IDs))
}

// join puts the parts of workers end to end, on all cores too: copying is a good share of the work.
func join(parts []Packed, workers int) (*Packed, error) {
	tokens, encodings := make([]int, len(parts)+1), make([]int, len(parts)+1) // before each part
	for k, part := range parts {
		tokens[k+1], encodings[k+1] = tokens[k]+len(part.IDs), encodings[k]+len(part.Offsets)
	}
	total := tokens[len(parts)]
	if total > math.MaxInt32 {
		return nil, fmt.Errorf("wordpiece: encoding: the batch has %d tokens, expected at most %d (hint: use smaller batches)", total, math.MaxInt32)
	}
	n := encodings[len(parts)]
	whole := &Packed{IDs: make([]int32, total), Types: make([]int32, total), Offsets: make([]int, n+1), Inputs: make([]int, n)}
	_, err := each(len(parts), workers, 1, func(k int) error {
		part := parts[k]
		copy(whole.IDs[tokens[k]:], part.IDs)
		copy(whole.Types[tokens[k]:], part.Types)
		copy(whole.Inputs[encodings[k]:], part.Inputs)
		for i, offset := range part.Offsets {
			whole.Offsets[encodings[k]+i+1] = tokens[k] + offset
		}
		return nil
	})
	return whole, err
}
