package weights

import (
	"fmt"
	"math"
	"math/bits"
	"unsafe"
)

// A Tensor is one named weight as it lies on disk, of whatever format of file: row-major little-endian elements, without gaps.
type Tensor struct {
	Name  string
	DType DType
	Shape []int64 // as PyTorch has it
	Data  []byte  // len(Data) = product(Shape) * DType.Size(); often a view into a mapped file

	File       string // where it came from, for error messages; empty when it was made here
	Original   string // the name in the file; empty likewise
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
	return aligned(t.DType, out)
}

// byteSize gives product(shape) * d.Size(). A negative extent or a size that no machine can
// address is an error, so the result is safe to compare with the size of a file.
func byteSize(d DType, shape []int64) (int64, error) {
	size := uint64(d.Size())
	if size == 0 {
		return 0, fmt.Errorf("%v has no size", d)
	}
	empty, overflow := false, false
	for _, n := range shape {
		if n < 0 {
			return 0, fmt.Errorf("shape %v has a negative extent", shape)
		}
		hi, lo := bits.Mul64(size, uint64(n))
		empty = empty || n == 0
		overflow = overflow || hi != 0 || lo > math.MaxInt64
		size = lo
	}
	if empty {
		return 0, nil
	}
	if overflow {
		return 0, fmt.Errorf("shape %v of %v is larger than any memory", shape, d)
	}
	return int64(size), nil
}

// checkSize holds that a tensor has as many bytes as its type and shape need; given says who gave it these, for the error.
func checkSize(d DType, shape []int64, bytes int64, given string) error {
	size, err := byteSize(d, shape)
	if err == nil && size != bytes {
		err = fmt.Errorf("%v of shape %v needs %d bytes, %s %d", d, shape, size, given, bytes)
	}
	return err
}

// window cuts a part out of a file's content, which must be long enough.
func window(content []byte, at, size uint64) ([]byte, error) {
	if total := uint64(len(content)); at > total || size > total-at {
		return nil, fmt.Errorf("%d bytes at %d are beyond the file's %d (cut short?)", size, at, total)
	}
	return content[at : at+size : at+size], nil
}

// checkSum compares a checksum with the one that the file holds.
func checkSum(sum, want uint32) error {
	if sum != want {
		return fmt.Errorf("checksum %08x, expected %08x: the file is damaged, fetch it again", sum, want)
	}
	return nil
}

// aligned returns data itself if its address is a multiple of d.Size(), else a copy that is.
// Kernels may load whole elements only from such addresses.
func aligned(d DType, data []byte) []byte {
	if len(data) == 0 || uintptr(unsafe.Pointer(unsafe.SliceData(data)))%uintptr(d.Size()) == 0 {
		return data
	}
	// A slice of uint64 is aligned for every type.
	words := make([]uint64, (len(data)+7)/8)
	copied := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(words))), len(data))
	copy(copied, data)
	return copied
}
