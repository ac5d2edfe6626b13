package torch

// #include "native/abi.h"
import "C"

// Leaf makes a tensor that gradients end in: a part of flat storage, in the given shape, sharing its memory.
func Leaf(storage *Tensor, offset int64, requiresGrad bool, shape ...int64) *Tensor {
	s, n := sizes(shape)
	return made("leaf", func(out *C.gb_tensor) C.gb_error {
		return C.gb_leaf(out, storage.c(), C.int64_t(offset), s, n, C.bool(requiresGrad))
	}, storage)
}

// SetRequiresGrad says whether a leaf collects a gradient.
func (t *Tensor) SetRequiresGrad(on bool) {
	check("requires grad", C.gb_set_requires_grad(t.c(), C.bool(on)), t)
}

// SetGrad hands a leaf the tensor that its gradient is accumulated into; nil takes it away.
func (t *Tensor) SetGrad(grad *Tensor) {
	check("set grad", C.gb_set_grad(t.c(), grad.optional()), t, grad)
}

// Grad is the gradient collected so far, as a new handle owned by the caller, or nil.
func (t *Tensor) Grad() *Tensor {
	var out C.gb_tensor
	check("grad", C.gb_grad(&out, t.c()), t)
	if out == nil {
		return nil
	}
	return &Tensor{h: handle(out)}
}

// Backward runs the backward pass from a scalar, or from any tensor with the gradient that flows into it.
func (p *Pass) Backward(loss, gradient *Tensor) {
	p.begin("backward", loss, gradient, nil)
	p.finish(C.gb_backward(loss.c(), gradient.optional()))
}

// Detach is the same tensor, cut off from the graph.
func (p *Pass) Detach(t *Tensor) *Tensor {
	p.begin("detach", t, nil, nil)
	return p.take(C.gb_detach(p.out(), t.c()))
}
