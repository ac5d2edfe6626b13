package torch

// #include "native/abi.h"
import "C"

import "github.com/sugarme/gotch/libtch"

// unary calls an operator of gotch's layer that takes one tensor.
func (p *Pass) unary(op string, call func(out *libtch.Ctensor, a libtch.Ctensor), a *Tensor) *Tensor {
	p.begin(op, a, nil, nil)
	call(p.cell, a.get())
	return p.end()
}

// binary calls one that takes two.
func (p *Pass) binary(op string, call func(out *libtch.Ctensor, a, b libtch.Ctensor), a, b *Tensor) *Tensor {
	p.begin(op, a, b, nil)
	call(p.cell, a.get(), b.get())
	return p.end()
}

// Add is a + b, broadcast.
func (p *Pass) Add(a, b *Tensor) *Tensor { return p.binary("add", libtch.AtgAdd, a, b) }

// Sub is a - b, broadcast.
func (p *Pass) Sub(a, b *Tensor) *Tensor { return p.binary("sub", libtch.AtgSub, a, b) }

// Mul is a * b element by element, broadcast.
func (p *Pass) Mul(a, b *Tensor) *Tensor { return p.binary("mul", libtch.AtgMul, a, b) }

// Div is a / b element by element, broadcast.
func (p *Pass) Div(a, b *Tensor) *Tensor { return p.binary("div", libtch.AtgDiv, a, b) }

// Scale is a * factor.
func (p *Pass) Scale(a *Tensor, factor float64) *Tensor {
	p.begin("scale", a, nil, nil)
	return p.take(C.gb_scale(p.out(), a.c(), C.double(factor)))
}

// Matmul is the matrix product, batched as PyTorch's matmul.
func (p *Pass) Matmul(a, b *Tensor) *Tensor { return p.binary("matmul", libtch.AtgMatmul, a, b) }

// AddProduct adds the matrix product a b to y, in place: y may be some rows and columns of a tensor.
func (p *Pass) AddProduct(y, a, b *Tensor) {
	p.begin("add product", y, a, b)
	libtch.AtgAddmm_(p.cell, y.get(), a.get(), b.get())
	p.end()
}

// Tanh, element by element.
func (p *Pass) Tanh(a *Tensor) *Tensor { return p.unary("tanh", libtch.AtgTanh, a) }

// Sigmoid, element by element.
func (p *Pass) Sigmoid(a *Tensor) *Tensor { return p.unary("sigmoid", libtch.AtgSigmoid, a) }

// Softmax along a dimension, computed and given back in dtype.
func (p *Pass) Softmax(a *Tensor, dim int64, dtype DType) *Tensor {
	p.begin("softmax", a, nil, nil)
	libtch.AtgSoftmax(p.cell, a.get(), dim, int32(dtype))
	return p.end()
}

// LogSoftmax along a dimension, computed and given back in dtype.
func (p *Pass) LogSoftmax(a *Tensor, dim int64, dtype DType) *Tensor {
	p.begin("log softmax", a, nil, nil)
	libtch.AtgLogSoftmax(p.cell, a.get(), dim, int32(dtype))
	return p.end()
}

// Sum of all elements, as a scalar of dtype.
func (p *Pass) Sum(a *Tensor, dtype DType) *Tensor {
	p.begin("sum", a, nil, nil)
	libtch.AtgSum(p.cell, a.get(), int32(dtype))
	return p.end()
}

// SumDim sums along one dimension, which disappears.
func (p *Pass) SumDim(a *Tensor, dim int64, dtype DType) *Tensor {
	p.begin("sum", a, nil, nil)
	libtch.AtgSumDimIntlist(p.cell, a.get(), []int64{dim}, 1, 0, int32(dtype))
	return p.end()
}

// MaxDim is the largest element along one dimension, which disappears.
func (p *Pass) MaxDim(a *Tensor, dim int64) *Tensor {
	p.begin("max", a, nil, nil)
	libtch.AtgAmax(p.cell, a.get(), []int64{dim}, 1, 0)
	return p.end()
}

// ArgMax gives the index of the largest element along a dimension.
func (p *Pass) ArgMax(a *Tensor, dim int64) *Tensor {
	p.begin("argmax", a, nil, nil)
	libtch.AtgArgmax(p.cell, a.get(), dim, 0, 0)
	return p.end()
}

// TopK gives the k largest elements along the last dimension, sorted, and their indices.
func (p *Pass) TopK(a *Tensor, k int64) (values, indices *Tensor) {
	p.begin("topk", a, nil, nil)
	var second C.gb_tensor
	values = p.take(C.gb_topk(p.out(), &second, a.c(), C.int64_t(k)))
	return values, p.own(handle(second))
}

// Cast converts to another element type; the same tensor comes back when it has that type already.
func (p *Pass) Cast(a *Tensor, dtype DType) *Tensor {
	p.begin("cast", a, nil, nil)
	return p.take(C.gb_cast(p.out(), a.c(), C.int(dtype)))
}

// Equal compares element by element and gives booleans.
func (p *Pass) Equal(a, b *Tensor) *Tensor { return p.binary("equal", libtch.AtgEqTensor, a, b) }
