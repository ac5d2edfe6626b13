package torch

// #include "native/fused.h"
// #include <stdlib.h>
import "C"

import "unsafe"

// Reordered is a linear map whose weight is kept in the order in which it is multiplied: in panels for kernels of our own in fp32 (see
// kernels/panels.h), in oneDNN's order otherwise, which brings every other weight into that order at each product; for few rows that costs
// as much as the product. It does not follow the weight it was made from.
type Reordered struct {
	DType DType

	weight, bias *Tensor
}

// Reorderable says whether the CPU here has such an order for weights of a type.
func Reorderable(dtype DType) bool { return bool(C.gb_reorderable(C.int(dtype))) }

// Reorder copies weights, which become one, the rows of one under those of the other. It gives nil where one of them is corrected.
func Reorder(list ...Weight) *Reordered {
	var weights, biases []*Tensor
	for _, w := range list {
		if w.Correct != nil {
			return nil
		}
		weights, biases = append(weights, w.Compute), append(biases, w.Bias)
	}
	weight, bias := stacked(weights), stacked(biases)
	defer FreeAll([]*Tensor{weight, bias})
	reordered := made("reorder", func(out *C.gb_tensor) C.gb_error { return C.gb_reorder(out, weight.c()) }, weight)
	return &Reordered{DType: weight.DType(), weight: reordered, bias: bias.To(weight.DType(), CPU)}
}

// stacked gives the rows of all parts in a tensor of its own.
func stacked(parts []*Tensor) *Tensor {
	shape := parts[0].Shape()
	var numel int64
	shape[0] = 0
	for _, x := range parts {
		shape[0] += x.Dim(0)
		numel += x.Numel()
	}
	flat := NewEmpty(parts[0].DType(), CPU, numel)
	defer flat.Free()
	var at int64
	for _, x := range parts {
		view := flat.View(at, x.Shape()...)
		view.CopyFrom(x, false)
		view.Free()
		at += x.Numel()
	}
	return flat.View(0, shape...)
}

// Free releases the memory.
func (k *Reordered) Free() {
	if k != nil {
		FreeAll([]*Tensor{k.weight, k.bias})
	}
}

// reorderedLinear is activation(x W^T + b) for x [N,in]; an empty activation is none.
func (p *Pass) reorderedLinear(x *Tensor, k *Reordered, activation string) *Tensor {
	name := C.CString(activation)
	defer C.free(unsafe.Pointer(name))
	p.begin("reordered linear", x, nil, nil)
	return p.take(C.gb_reordered_linear(p.out(), x.c(), k.weight.c(), k.bias.c(), name))
}
