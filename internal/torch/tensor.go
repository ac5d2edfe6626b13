package torch

// #include "native/abi.h"
import "C"

import (
	"fmt"
	"unsafe"

	"github.com/sugarme/gotch/libtch"
)

// maxDims is the most dimensions a tensor here has; BERT needs four.
const maxDims = 8

// A Tensor is a handle to a LibTorch tensor. It is owned by the pass that made it, or, after [Pass.Keep] and for the
// constructors of this file, by whoever holds it. There is no finalizer: what is not freed explicitly stays.
type Tensor struct {
	h    handle
	pass *Pass      // the owner; nil when the holder owns it
	int8 *quantized // of a matrix of eight-bit integers, what these stand for; nil for all else
}

// get gives gotch's layer the pointer, and catches tensors that were freed.
func (t *Tensor) get() libtch.Ctensor {
	if t == nil || t.h == nil || t.int8 != nil {
		t.arrive()
	}
	return libtch.Ctensor(t.h)
}

// c gives our own layer the pointer.
func (t *Tensor) c() C.gb_tensor {
	if t == nil || t.h == nil || t.int8 != nil {
		t.arrive()
	}
	return C.gb_tensor(t.h)
}

// optional is c for operands that may be absent (nil).
func (t *Tensor) optional() C.gb_tensor {
	if t == nil {
		return nil
	}
	return t.c()
}

// Free releases a tensor that the caller owns. Freeing twice, or freeing a pass's tensor, does nothing.
func (t *Tensor) Free() {
	if t == nil || t.h == nil || t.pass != nil {
		return
	}
	t.int8.free()
	h := C.gb_tensor(t.h)
	t.h, t.int8 = nil, nil
	C.gb_free_all(&h, 1)
}

// FreeAll frees several tensors that the caller owns.
func FreeAll(tensors []*Tensor) {
	for _, t := range tensors {
		t.Free()
	}
}

// Valid says whether the tensor still holds something.
func (t *Tensor) Valid() bool { return t != nil && (t.h != nil || lane.upload.holds(t)) }

// Handle is the at::Tensor* itself, for code that talks to LibTorch by another door. It stays owned by t.
func (t *Tensor) Handle() unsafe.Pointer { return unsafe.Pointer(t.get()) }

// OfHandle wraps an at::Tensor* and takes ownership of it.
func OfHandle(h unsafe.Pointer) *Tensor { return &Tensor{h: h} }

type info struct {
	shape  []int64
	dtype  DType
	device Device
}

func (t *Tensor) info() info {
	i, message := t.ask()
	check("shape", message)
	return i
}

func (t *Tensor) ask() (info, C.gb_error) {
	if t.Quantized() {
		return info{shape: []int64{t.int8.out, t.int8.in}, dtype: Int8}, nil
	}
	var shape [maxDims]C.int64_t
	var dims, dtype, device C.int
	message := C.gb_shape(t.c(), &shape[0], maxDims, &dims, &dtype, &device)
	i := info{shape: make([]int64, dims), dtype: DType(dtype), device: Device{cuda: int(device) + 1}}
	for d := range i.shape {
		i.shape[d] = int64(shape[d])
	}
	return i, message
}

// Shape is the size of each dimension.
func (t *Tensor) Shape() []int64 { return t.info().shape }

// Dim is the size of dimension i; negative i counts from the end.
func (t *Tensor) Dim(i int) int64 {
	shape := t.Shape()
	if i < 0 {
		i += len(shape)
	}
	return shape[i]
}

// DType is the element type.
func (t *Tensor) DType() DType { return t.info().dtype }

// Device is where the tensor lives.
func (t *Tensor) Device() Device { return t.info().device }

// Numel is the number of elements.
func (t *Tensor) Numel() int64 { return product(t.Shape()) }

func product(shape []int64) int64 {
	n := int64(1)
	for _, s := range shape {
		n *= s
	}
	return n
}

// describe writes "float32[2 3]" for error messages, whatever state the tensor is in.
func (t *Tensor) describe() string {
	if !t.Valid() {
		return "freed"
	}
	i, message := t.ask()
	if message != nil {
		C.gb_free_message(message)
		return "undefined"
	}
	return fmt.Sprintf("%v%v", i.dtype, i.shape)
}

// Item reads a tensor of one element. On CUDA it waits for the device.
func (t *Tensor) Item() float64 {
	var value C.double
	check("item", C.gb_item(t.c(), &value), t)
	return float64(value)
}
