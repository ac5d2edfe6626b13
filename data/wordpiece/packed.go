package wordpiece

import (
	"math"

	"gobert/internal/fault"
)

// Packed is a batch without padding: the ids of all encodings end to end, as a model with variable-length attention reads them.
type Packed struct {
	IDs     []int32
	Types   []int32 // segment of each token
	Offsets []int32 // encoding i is IDs[Offsets[i]:Offsets[i+1]]; one more than there are encodings
	Inputs  []int   // the input that an encoding is from: overflowing ones follow the first one of their input
}

// Len returns the number of encodings.
func (p *Packed) Len() int { return max(len(p.Offsets)-1, 0) }

// EncodePacked is [Tokenizer.EncodeBatch] for those who want ids and segments and nothing else, without padding: several times
// faster. Of long inputs, what overflows is kept where overflowing is true.
func (t *Tokenizer) EncodePacked(inputs []Input, overflowing bool, o EncodeOptions) (*Packed, error) {
	o.Padding, o.PadToMultiple = DoNotPad, 0
	e, err := t.Encoder(o)
	if err != nil {
		return nil, err
	}
	split := o.SplitSpecial || t.spec.options.SplitSpecial
	parts := make([]Packed, (len(inputs)+chunkInputs-1)/chunkInputs)
	err = each(len(parts), o.Workers, func(k int) (err error) {
		some := inputs[k*chunkInputs : min((k+1)*chunkInputs, len(inputs))]
		bytes := 0
		for i := range some {
			bytes += len(some[i].Text) + len(some[i].Pair)
		}
		part := &parts[k]
		part.IDs, part.Types = make([]int32, 0, bytes/3), make([]int32, 0, bytes/3)
		part.Offsets, part.Inputs = make([]int32, 0, len(some)), make([]int, 0, len(some))
		texts, rows := [2][]int32{make([]int32, 0, 512), make([]int32, 0, 512)}, make([]row, 0, 1)
		for i := range some {
			in, pair := &some[i], some[i].pair()
			texts[0] = t.appendInput(texts[0][:0], in.Text, in.Words, split)
			if texts[1] = texts[1][:0]; pair {
				texts[1] = t.appendInput(texts[1], in.Pair, in.PairWords, split)
			}
			if rows, err = e.rows(rows[:0], [2]int{len(texts[0]), len(texts[1])}, pair, false); err != nil {
				return inInput(k*chunkInputs+i, len(inputs), err)
			}
			if !overflowing {
				rows = rows[:1]
			}
			for _, r := range rows {
				part.fill(e.Template.slots(pair), texts, r, !e.NoSpecial)
				part.Inputs = append(part.Inputs, k*chunkInputs+i)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return join(parts, o.Workers)
}

// appendInput appends the ids of a text or of words.
func (t *Tokenizer) appendInput(dst []int32, text string, words []string, split bool) []int32 {
	if words == nil {
		return t.appendIDs(dst, text, split)
	}
	for _, word := range words {
		dst = t.appendIDs(dst, word, split)
	}
	return dst
}

// fill appends one encoding.
func (p *Packed) fill(slots []slot, texts [2][]int32, r row, special bool) {
	for i := range slots {
		s := &slots[i]
		ids, typeID := s.ids, s.typeID
		switch {
		case s.text >= 0:
			part := r.parts[s.text]
			ids, typeID = texts[s.text][part.Start:part.End], s.typeOf(r.over)
		case !special:
			continue
		}
		p.IDs = append(p.IDs, ids...)
		for range ids {
			p.Types = append(p.Types, typeID)
		}
	}
	p.Offsets = append(p.Offsets, int32(len(p.IDs)))
}

// join puts the parts of workers end to end, on all cores too: copying is a good share of the work.
func join(parts []Packed, workers int) (*Packed, error) {
	tokens, encodings := make([]int, len(parts)+1), make([]int, len(parts)+1) // before each part
	for k, part := range parts {
		tokens[k+1], encodings[k+1] = tokens[k]+len(part.IDs), encodings[k]+len(part.Offsets)
	}
	total := tokens[len(parts)]
	if total > math.MaxInt32 {
		return nil, fault.New("wordpiece: encoding: the batch has %d tokens, expected at most %d", total, math.MaxInt32).Advise("use smaller batches")
	}
	n := encodings[len(parts)]
	whole := &Packed{IDs: make([]int32, total), Types: make([]int32, total), Offsets: make([]int32, n+1), Inputs: make([]int, n)}
	err := each(len(parts), workers, func(k int) error {
		part := parts[k]
		copy(whole.IDs[tokens[k]:], part.IDs)
		copy(whole.Types[tokens[k]:], part.Types)
		copy(whole.Inputs[encodings[k]:], part.Inputs)
		for i, offset := range part.Offsets {
			whole.Offsets[encodings[k]+i+1] = int32(tokens[k]) + offset
		}
		return nil
	})
	return whole, err
}
