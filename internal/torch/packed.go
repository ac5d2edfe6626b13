package torch

// #include "native/fused.h"
// #include <stdlib.h>
import "C"

import "unsafe"

// Packed is a linear map whose weight is kept in the order in which oneDNN multiplies it. oneDNN brings every other weight
// into that order at each product, which for few rows costs as much as the product. It does not follow the weight it was
// made from.
type Packed struct {
	DType DType

	weight, bias *Tensor
}

// Packable says whether the CPU here has such an order for weights of a type.
func Packable(dtype DType) bool { return bool(C.gb_packable(C.int(dtype))) }

// Pack packs weights [out,in] of one type, which lie one under the other, and their biases [out].
func Pack(weights, biases []*Tensor) *Packed {
	weight, bias := joined(weights), joined(biases)
	defer FreeAll([]*Tensor{weight, bias})
	k := &Packed{DType: weight.DType()}
	var out C.gb_tensor
	check("pack", C.gb_pack(&out, weight.c()), weight)
	k.weight = &Tensor{h: handle(out)}
	k.bias = bias.To(k.DType, CPU)
	return k
}

// joined gives the rows of all parts in a tensor of its own.
func joined(parts []*Tensor) *Tensor {
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
func (k *Packed) Free() {
	if k != nil {
		FreeAll([]*Tensor{k.weight, k.bias})
	}
}

// PackedLinear is activation(x W^T + b) for x [N,in]; an empty activation is none.
func (p *Pass) PackedLinear(x *Tensor, k *Packed, activation string) *Tensor {
	name := C.CString(activation)
	defer C.free(unsafe.Pointer(name))
	p.begin("packed linear", x, nil, nil)
	return p.take(C.gb_packed_linear(p.out(), x.c(), k.weight.c(), k.bias.c(), name))
}
