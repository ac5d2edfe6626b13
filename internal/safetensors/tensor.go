package safetensors

import (
	"fmt"
	"math"
	"math/bits"
	"unsafe"
)

// Tensor is one named weight as it lies on disk, of whatever format of file: row-major little-endian elements, without gaps.
type Tensor struct {
	Name  string
	DType DType
	Shape []int64
	Data  []byte // len(Data) = product(Shape) * DType.Size(); often a view into a mapped file
	File  string // where it came from, for error messages; empty when it was made here
}

// ByteSize gives product(shape) * d.Size(). A negative extent or a size that no machine can
// address is an error, so the result is safe to compare with the size of a file.
func ByteSize(d DType, shape []int64) (int64, error) {
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

// Aligned returns data itself if its address is a multiple of d.Size(), else a copy that is.
// Kernels may load whole elements only from such addresses.
func Aligned(d DType, data []byte) []byte {
	if len(data) == 0 || uintptr(unsafe.Pointer(unsafe.SliceData(data)))%uintptr(d.Size()) == 0 {
		return data
	}
	// A slice of uint64 is aligned for every type.
	words := make([]uint64, (len(data)+7)/8)
	copied := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(words))), len(data))
	copy(copied, data)
	return copied
}
