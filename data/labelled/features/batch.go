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

	Examples []int32 // [F] which example the feature belongs to: of the set, or of this batch where an encoder filled it
	Features []int32 // [F] which feature it is, likewise

	// With Options.Offsets, for tagging and spans: where each token is from. -1 for special tokens and, for spans, for
	// the question.
	Starts, Ends []int32 // [N] bytes of the text (Span: of the context; Tag with words: of the word)
	Words        []int32 // [N] word of the example (Tag with a plain text: the tokenizer's word)
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

// perFeature and perToken list the fields that a kind of features may leave empty.
func (b *Batch) perFeature() [5]*[]int32 {
	return [...]*[]int32{&b.Classes, &b.First, &b.Last, &b.Examples, &b.Features}
}

func (b *Batch) perToken() [4]*[]int32 {
	return [...]*[]int32{&b.Tags, &b.Starts, &b.Ends, &b.Words}
}

// Reset empties the batch and keeps its memory.
func (b *Batch) Reset() {
	b.Batch.Reset()
	b.Targets = b.Targets[:0]
	for _, field := range b.perFeature() {
		*field = (*field)[:0]
	}
	for _, field := range b.perToken() {
		*field = (*field)[:0]
	}
}

// AppendSequence appends feature i of src with its labels. Both have the same kind of features.
func (b *Batch) AppendSequence(src *Batch, i int) {
	b.Choices, b.Width = src.Choices, src.Width
	k := src.choices()
	first, last := src.Offsets[i*k], src.Offsets[(i+1)*k]
	for s := i * k; s < (i+1)*k; s++ {
		b.Batch.AppendSequence(&src.Batch, s)
	}
	from := src.perToken()
	for f, field := range b.perToken() {
		if values := *from[f]; len(values) > 0 {
			*field = append(*field, values[first:last]...)
		}
	}
	if w := src.Width; w > 0 && len(src.Targets) > 0 {
		b.Targets = append(b.Targets, src.Targets[i*w:(i+1)*w]...)
	}
	one := src.perFeature()
	for f, field := range b.perFeature() {
		if values := *one[f]; len(values) > 0 {
			*field = append(*field, values[i])
		}
	}
}

// appendAll appends every feature of src, of which examples were made before it.
func (b *Batch) appendAll(src *Batch, examples int) {
	b.Choices, b.Width = src.Choices, src.Width
	tokens, features := int32(len(b.IDs)), int32(b.Len())
	if len(b.Offsets) == 0 {
		b.Offsets = append(b.Offsets, 0)
	}
	for i := range src.Sequences() {
		b.Offsets = append(b.Offsets, tokens+src.Offsets[i+1])
	}
	b.IDs = append(b.IDs, src.IDs...)
	b.Types = append(b.Types, src.Types...)
	b.Targets = append(b.Targets, src.Targets...)
	from := src.perToken()
	for f, field := range b.perToken() {
		*field = append(*field, *from[f]...)
	}
	for i := range src.Features {
		src.Features[i] += features
		src.Examples[i] += int32(examples)
	}
	one := src.perFeature()
	for f, field := range b.perFeature() {
		*field = append(*field, *one[f]...)
	}
}

// mark closes a feature of the example with the given number.
func (b *Batch) mark(example int32) {
	b.Features = append(b.Features, int32(len(b.Features)))
	b.Examples = append(b.Examples, example)
}

// nextExample is the number of the example that an encoder appends.
func (b *Batch) nextExample() int32 {
	if n := len(b.Examples); n > 0 {
		return b.Examples[n-1] + 1
	}
	return 0
}
