package data

import (
	"errors"
	"fmt"
	"slices"
)

// Batch holds B sequences packed end to end: there is no padding anywhere, so
// no step computes on tokens that do not exist. N is the number of tokens of
// the whole batch, M the number of masked ones.
//
// A batch is filled with [Batch.Begin] and [Batch.End] around each sequence,
// and used again after [Batch.Reset], which keeps its memory.
type Batch struct {
	IDs        []int32 // [N] token ids of all sequences, end to end
	Types      []int32 // [N] token type (segment) ids
	Offsets    []int32 // [B+1] sequence i is IDs[Offsets[i]:Offsets[i+1]]; Offsets[0]=0, Offsets[B]=N
	MaskedRows []int32 // [M] rows of IDs (0..N-1, ascending) whose original id must be predicted
	MaskedIDs  []int32 // [M] the original ids at these rows
	Next       []int32 // [B] next sentence label as in BERT: 0 = B follows A, 1 = random; empty when there is no NSP
}

// Len returns B, the number of sequences.
func (b *Batch) Len() int { return max(0, len(b.Offsets)-1) }

// Tokens returns N, the number of tokens of all sequences.
func (b *Batch) Tokens() int { return len(b.IDs) }

// Reset empties the batch and keeps its memory for the next filling.
func (b *Batch) Reset() {
	b.IDs = b.IDs[:0]
	b.Types = b.Types[:0]
	b.Offsets = b.Offsets[:0]
	b.MaskedRows = b.MaskedRows[:0]
	b.MaskedIDs = b.MaskedIDs[:0]
	b.Next = b.Next[:0]
}

// Begin opens the next sequence and returns its first row in IDs. Rows of
// masks are counted from the start of the batch, so a writer needs it.
func (b *Batch) Begin() int {
	if len(b.Offsets) == 0 {
		b.Offsets = append(b.Offsets, 0)
	}
	return len(b.IDs)
}

// End closes the sequence that [Batch.Begin] opened: every token appended to
// IDs since then belongs to it.
func (b *Batch) End() { b.Offsets = append(b.Offsets, int32(len(b.IDs))) }

// AppendTexts appends the sequence [CLS] text [SEP], or of two texts
// [CLS] text [SEP] text [SEP], of which the second has type 1.
func (b *Batch) AppendTexts(cls, sep int32, texts ...[]int32) {
	b.Begin()
	b.IDs = append(b.IDs, cls)
	for i, ids := range texts {
		b.IDs = append(append(b.IDs, ids...), sep)
		for len(b.Types) < len(b.IDs) {
			b.Types = append(b.Types, int32(i))
		}
	}
	b.End()
}

// Length returns the number of tokens of sequence i.
func (b *Batch) Length(i int) int { return int(b.Offsets[i+1] - b.Offsets[i]) }

// AppendSequence appends sequence i of src, its masks and its label.
func (b *Batch) AppendSequence(src *Batch, i int) {
	first, last := src.Offsets[i], src.Offsets[i+1]
	shift := int32(b.Begin()) - first
	b.IDs = append(b.IDs, src.IDs[first:last]...)
	b.Types = append(b.Types, src.Types[first:last]...)
	b.End()
	if len(src.Next) > 0 {
		b.Next = append(b.Next, src.Next[i])
	}
	from, _ := slices.BinarySearch(src.MaskedRows, first)
	for k := from; k < len(src.MaskedRows) && src.MaskedRows[k] < last; k++ {
		b.MaskedRows = append(b.MaskedRows, src.MaskedRows[k]+shift)
		b.MaskedIDs = append(b.MaskedIDs, src.MaskedIDs[k])
	}
}

// Validate reports everything that breaks the promises of [Batch], and token
// ids that are not below vocab. It reads the whole batch: meant for tests and
// for data that came from outside.
func (b *Batch) Validate(vocab int) error {
	return errors.Join(b.validateShape(), b.validateIDs(vocab), b.validateMasks(vocab), b.validateNext())
}

func (b *Batch) validateShape() error {
	if len(b.Types) != len(b.IDs) {
		return fmt.Errorf("data: batch has %d token types for %d tokens", len(b.Types), len(b.IDs))
	}
	if len(b.Offsets) == 0 {
		if len(b.IDs) > 0 {
			return fmt.Errorf("data: batch has %d tokens and no offsets (a sequence is closed with End)", len(b.IDs))
		}
		return nil
	}
	if b.Offsets[0] != 0 {
		return fmt.Errorf("data: first offset of the batch is %d, expected 0", b.Offsets[0])
	}
	for i := range b.Len() {
		if b.Offsets[i+1] <= b.Offsets[i] {
			return fmt.Errorf("data: sequence %d of the batch is empty or runs backwards (offsets %d to %d)",
				i, b.Offsets[i], b.Offsets[i+1])
		}
	}
	if last := int(b.Offsets[b.Len()]); last != len(b.IDs) {
		return fmt.Errorf("data: last offset of the batch is %d, expected its %d tokens", last, len(b.IDs))
	}
	return nil
}

func (b *Batch) validateIDs(vocab int) error {
	for row, id := range b.IDs {
		if id < 0 || int(id) >= vocab {
			return fmt.Errorf("data: token %d of the batch has id %d, outside the vocabulary of %d (another tokenizer's data?)",
				row, id, vocab)
		}
	}
	return nil
}

func (b *Batch) validateMasks(vocab int) error {
	if len(b.MaskedIDs) != len(b.MaskedRows) {
		return fmt.Errorf("data: batch has %d masked ids for %d masked rows", len(b.MaskedIDs), len(b.MaskedRows))
	}
	before := int32(-1)
	for i, row := range b.MaskedRows {
		if row <= before || int(row) >= len(b.IDs) {
			return fmt.Errorf("data: masked row %d of the batch is %d, expected one above %d and below %d",
				i, row, before, len(b.IDs))
		}
		if id := b.MaskedIDs[i]; id < 0 || int(id) >= vocab {
			return fmt.Errorf("data: masked row %d of the batch has original id %d, outside the vocabulary of %d", i, id, vocab)
		}
		before = row
	}
	return nil
}

func (b *Batch) validateNext() error {
	if len(b.Next) != 0 && len(b.Next) != b.Len() {
		return fmt.Errorf("data: batch has %d next sentence labels for %d sequences", len(b.Next), b.Len())
	}
	for i, label := range b.Next {
		if label != 0 && label != 1 {
			return fmt.Errorf("data: next sentence label of sequence %d is %d, expected 0 (follows) or 1 (random)", i, label)
		}
	}
	return nil
}
