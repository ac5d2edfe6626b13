package torch

// #include "native/abi.h"
import "C"

import (
	"unsafe"
)

// sizes gives C the address of a shape; a scalar's empty shape has none.
func sizes(shape []int64) (*C.int64_t, C.int) {
	return (*C.int64_t)(unsafe.Pointer(unsafe.SliceData(shape))), C.int(len(shape))
}

// made is a new tensor, owned by the caller, that C makes.
func made(op string, call func(out *C.gb_tensor) C.gb_error, operands ...*Tensor) *Tensor {
	var out C.gb_tensor
	check(op, call(&out), operands...)
	return &Tensor{h: handle(out)}
}

// NewEmpty makes a tensor of unspecified content, owned by the caller.
func NewEmpty(dtype DType, device Device, shape ...int64) *Tensor {
	s, n := sizes(shape)
	return made("empty", func(out *C.gb_tensor) C.gb_error {
		return C.gb_empty(out, s, n, C.int(dtype), C.int(device.Index()), false)
	})
}

// NewPinned is [NewEmpty] in page-locked memory of the host, which a CUDA device reads and writes by itself: copies to and from it
// can be asynchronous. There must be such a device.
func NewPinned(dtype DType, shape ...int64) *Tensor {
	s, n := sizes(shape)
	return made("pinned", func(out *C.gb_tensor) C.gb_error {
		return C.gb_empty(out, s, n, C.int(dtype), C.int(CPU.Index()), true)
	})
}

// PinnedOrNot is [NewPinned], or any memory where the system gives no more of that: copies to it wait.
func PinnedOrNot(dtype DType, shape ...int64) (t *Tensor) {
	if Run(func() error { t = NewPinned(dtype, shape...); return nil }) != nil {
		t = NewEmpty(dtype, CPU, shape...)
	}
	return t
}

// NewZeros makes a tensor of zeros, owned by the caller.
func NewZeros(dtype DType, device Device, shape ...int64) *Tensor {
	s, n := sizes(shape)
	return made("zeros", func(out *C.gb_tensor) C.gb_error {
		return C.gb_zeros(out, s, n, C.int(dtype), C.int(device.Index()))
	})
}

// NewFrom copies a slice into a new tensor of the given shape, owned by the caller.
func NewFrom[T Element](data []T, device Device, shape ...int64) *Tensor {
	fits(data, shape)
	return NewFromBytes(bytesOf(data), dtypeOf[T](), device, shape...)
}

// NewFromBytes copies little-endian elements of any type into a new tensor on the device, owned by the caller.
func NewFromBytes(data []byte, dtype DType, device Device, shape ...int64) *Tensor {
	fill("from bytes", data, dtype, shape)
	s, n := sizes(shape)
	return made("from bytes", func(out *C.gb_tensor) C.gb_error {
		return C.gb_from_host(out, unsafe.Pointer(unsafe.SliceData(data)), s, n, C.int(dtype), C.int(device.Index()))
	})
}

// NewOver makes a CPU tensor over memory that is not Go's: a mapped file. Nothing is copied; the memory must outlive
// the tensor and must not be written through it when it is mapped read-only.
func NewOver(data []byte, dtype DType, shape ...int64) *Tensor {
	fill("over memory", data, dtype, shape)
	s, n := sizes(shape)
	return made("over memory", func(out *C.gb_tensor) C.gb_error {
		return C.gb_of_memory(out, unsafe.Pointer(unsafe.SliceData(data)), s, n, C.int(dtype))
	})
}

// From copies a slice into a new tensor of the pass, on the pass's device. On a GPU all that was handed over by From when
// something first reads a part of it travels in one copy.
func From[T Element](p *Pass, data []T, shape ...int64) *Tensor {
	if !p.Device.IsCUDA() {
		return p.Adopt(NewFrom(data, p.Device, shape...))
	}
	fits(data, shape)
	return lane.upload.add(p, bytesOf(data), dtypeOf[T](), shape)
}

// fits raises a fault where a slice does not fill a shape.
func fits[T Element](data []T, shape []int64) {
	if int64(len(data)) != product(shape) {
		Throw("from slice", "%d elements do not fill the shape %v", len(data), shape)
	}
}

// fill raises one where bytes do not.
func fill(op string, data []byte, dtype DType, shape []int64) {
	if int64(len(data)) != product(shape)*int64(dtype.Size()) {
		Throw(op, "%d bytes do not fill %v%v", len(data), dtype, shape)
	}
}

// ToSlice copies a tensor into dst, converting to T's element type and coming from the device when needed.
func ToSlice[T Element](t *Tensor, dst []T) {
	if t.Quantized() {
		t = t.floats()
		defer t.Free()
	}
	if n := t.Numel(); int64(len(dst)) != n {
		Throw("to slice", "the tensor has %d elements, the slice %d", n, len(dst))
	}
	dtype := dtypeOf[T]()
	check("to slice", C.gb_to_host(t.c(), unsafe.Pointer(unsafe.SliceData(dst)), C.size_t(len(dst)*dtype.Size()), C.int(dtype)), t)
}

// Values gives all elements in row-major order in a new slice.
func Values[T Element](t *Tensor) []T {
	dst := make([]T, t.Numel())
	ToSlice(t, dst)
	return dst
}

// Bytes gives the raw little-endian elements, in the tensor's own type, in a new slice.
func (t *Tensor) Bytes() []byte {
	i := t.info()
	dst := make([]byte, product(i.shape)*int64(i.dtype.Size()))
	check("bytes", C.gb_to_host(t.c(), unsafe.Pointer(unsafe.SliceData(dst)), C.size_t(len(dst)), C.int(i.dtype)), t)
	return dst
}

// Memory shows the bytes of a contiguous CPU tensor without a copy. The slice is good as long as the tensor is.
func (t *Tensor) Memory() []byte {
	var data unsafe.Pointer
	var bytes C.size_t
	check("memory", C.gb_data(t.c(), &data, &bytes), t)
	return unsafe.Slice((*byte)(data), int(bytes))
}

// CopyFrom overwrites t with src, converting type and crossing devices. With async and pinned memory on one side the
// copy overlaps with what the host does next.
func (t *Tensor) CopyFrom(src *Tensor, async bool) {
	check("copy", C.gb_copy(t.c(), src.c(), C.bool(async)), t, src)
}

// To gives the tensor on another device or in another type as a new tensor owned by the caller; the storage is shared
// when nothing changes.
func (t *Tensor) To(dtype DType, device Device) *Tensor {
	return made("to", func(out *C.gb_tensor) C.gb_error {
		return C.gb_to(out, t.c(), C.int(dtype), C.int(device.Index()), false)
	}, t)
}

// View is a part of a flat tensor, from an offset on, in another shape. It shares the storage.
func (t *Tensor) View(offset int64, shape ...int64) *Tensor {
	s, n := sizes(shape)
	return made("view", func(out *C.gb_tensor) C.gb_error {
		return C.gb_view(out, t.c(), C.int64_t(offset), s, n)
	}, t)
}

// Alias is another handle to the same tensor.
func (t *Tensor) Alias() *Tensor {
	return made("alias", func(out *C.gb_tensor) C.gb_error {
		return C.gb_alias(out, t.c())
	}, t)
}
