package train

import (
	"gobert/bert"
	"gobert/data"
	"gobert/heads"
)

// passes is a training step in forward passes: the backward pass takes two products for each of the forward pass.
const passes = 3

// EncoderFLOPs counts the floating point operations of the matrix products of a forward pass over packed sequences. A
// product of [n,k] with [k,m] is 2nkm operations.
func EncoderFLOPs(c bert.Config, offsets []int32) float64 {
	h, inner, layers := float64(c.HiddenSize), float64(c.IntermediateSize), float64(c.NumLayers)
	total := 0.0
	for i := range len(offsets) - 1 {
		t := float64(offsets[i+1] - offsets[i])
		projections := t * 2 * (4*h*h + 2*h*inner)
		attention := 2 * (2 * t * t * h) // scores, and their product with the values
		total += layers * (projections + attention)
	}
	return total
}

// PretrainingFLOPs counts those of a training step of both tasks that cannot be left out: activations computed a second time
// to save memory do not count, and neither does what follows attention in the last layer for tokens that no task reads.
func PretrainingFLOPs(m *heads.Pretraining) func(b *data.Batch) float64 {
	c := m.Bert.Config
	h, inner, v := float64(c.HiddenSize), float64(c.IntermediateSize), float64(c.VocabSize)
	return func(b *data.Batch) float64 {
		forward := EncoderFLOPs(c, b.Offsets) - float64(b.Tokens()-asked(m, b))*2*(h*h+2*h*inner)
		if m.MaskedLM != nil {
			forward += float64(len(b.MaskedRows)) * 2 * (h*h + h*v)
		}
		if m.Next != nil {
			forward += float64(len(b.Next)) * 2 * (h*h + 2*h)
		}
		return passes * forward
	}
}

// asked is how many rows of the last layer the tasks read: masked tokens, and the first of each sequence, which never is one.
func asked(m *heads.Pretraining, b *data.Batch) int {
	rows := 0
	if m.MaskedLM != nil {
		rows += len(b.MaskedRows)
	}
	if m.Next != nil {
		rows += len(b.Next)
	}
	return rows
}
