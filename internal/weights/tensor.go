package weights

import (
	"slices"

	"gobert/internal/safetensors"
)

// A Tensor is one weight under its present name. Shape is as PyTorch has it.
type Tensor struct {
	safetensors.Tensor

	Original   string // the name in the file
	Transposed bool   // Data holds the matrix of Shape column by column (TensorFlow's kernels)
}

// Rows gives the elements row by row: Data itself, or for a transposed matrix a copy.
func (t Tensor) Rows() []byte {
	if !t.Transposed {
		return t.Data
	}
	rows, columns, width := int(t.Shape[0]), int(t.Shape[1]), t.DType.Size()
	out := make([]byte, len(t.Data))
	const tile = 32 // both sides of a tile stay in the first cache
	for r0 := 0; r0 < rows; r0 += tile {
		for c0 := 0; c0 < columns; c0 += tile {
			for r := r0; r < min(r0+tile, rows); r++ {
				for c := c0; c < min(c0+tile, columns); c++ {
					from, to := (c*rows+r)*width, (r*columns+c)*width
					copy(out[to:to+width], t.Data[from:from+width])
				}
			}
		}
	}
	return safetensors.Aligned(t.DType, out)
}

// transposed makes a tensor of a matrix that the file has the other way round.
func transposed(t safetensors.Tensor, original string) Tensor {
	t.Shape = slices.Clone(t.Shape)
	slices.Reverse(t.Shape)
	return Tensor{Tensor: t, Original: original, Transposed: true}
}
