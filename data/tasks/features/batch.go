package features

import (
	"gobert/data"
)

// Ignored is the label of what does not count in a loss.
const Ignored = -100

// Batch holds F features packed end to end. A feature is one sequence, but for multiple choice, where it is as many
// sequences as there are choices, one after the other. Only the label fields of the encoder's kind are filled; features
// without a label have [Ignored] there (NaN in Targets).
//
// Batch.Len is F; the embedded data.Batch.Len is the number of sequences.
type Batch struct {
	data.Batch

	Choices int // sequences of each feature; 0 counts as 1
	Width   int // values of Targets for each feature

	Classes []int32   // [F] label of a single label classifier, or the right choice
	Targets []float32 // [F*Width] 0 or 1 for each of several labels, or the number of a regression
	Tags    []int32   // [N] label of each token
	First   []int32   // [F] first token of the answer, counted within its sequence
	Last    []int32   // [F] last token of the answer, likewise

	Examples []int32 // [F] which example of the set the feature belongs to
	Features []int32 // [F] which feature of the set it is
}

func (b *Batch) choices() int { return max(1, b.Choices) }

// Len returns F, the number of features.
func (b *Batch) Len() int { return b.Batch.Len() / b.choices() }

// Sequences returns B, the number of sequences.
func (b *Batch) Sequences() int { return b.Batch.Len() }

// Length returns the number of tokens of feature i, all its sequences together.
func (b *Batch) Length(i int) int {
	k := b.choices()
	return int(b.Offsets[(i+1)*k] - b.Offsets[i*k])
}

// Reset empties the batch and keeps its memory.
func (b *Batch) Reset() {
	b.Batch.Reset()
	b.Classes = b.Classes[:0]
	b.Targets = b.Targets[:0]
	b.Tags = b.Tags[:0]
	b.First = b.First[:0]
	b.Last = b.Last[:0]
	b.Examples = b.Examples[:0]
	b.Features = b.Features[:0]
}

// AppendSequence appends feature i of src with its labels. Both have the same kind of features.
func (b *Batch) AppendSequence(src *Batch, i int) {
	b.Choices, b.Width = src.Choices, src.Width
	k := src.choices()
	first, last := src.Offsets[i*k], src.Offsets[(i+1)*k]
	for s := i * k; s < (i+1)*k; s++ {
		b.Batch.AppendSequence(&src.Batch, s)
	}
	if len(src.Tags) > 0 {
		b.Tags = append(b.Tags, src.Tags[first:last]...)
	}
	if w := src.Width; w > 0 {
		b.Targets = append(b.Targets, src.Targets[i*w:(i+1)*w]...)
	}
	b.Classes = appendOne(b.Classes, src.Classes, i)
	b.First = appendOne(b.First, src.First, i)
	b.Last = appendOne(b.Last, src.Last, i)
	b.Examples = appendOne(b.Examples, src.Examples, i)
	b.Features = appendOne(b.Features, src.Features, i)
}

// appendOne appends src[i] where the field is in use.
func appendOne(dst, src []int32, i int) []int32 {
	if len(src) == 0 {
		return dst
	}
	return append(dst, src[i])
}
