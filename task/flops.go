package task

import "gobert/bert"

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
