package torch

// #include "native/fused.h"
// #include <stdlib.h>
import "C"

import (
	"slices"
	"unsafe"
)

// A Weight is the linear map x W^T + b in every form that there is of it. By which of them a pass multiplies, and what it can do in the
// same kernel, is decided in this file and nowhere else.
type Weight struct {
	Matrix, Bias         *Tensor // fp32 [out,in] and [out] (nil for none): the masters, which collect the gradients
	Compute, ComputeBias *Tensor // what products read: the masters, or their copies in the pass's compute type

	Reordered *Reordered                          // a copy that products without gradients read; nil for none
	Correct   func(p *Pass, x, y *Tensor) *Tensor // what becomes of the product y, such as an adapter's sum; it may add to y itself; nil for nothing
	Low       []Addition                          // what is added to some of its rows, in passes without gradients
}

// reordered says whether the pass multiplies by the reordered copy: no gradients go with it.
func (w *Weight) reordered(p *Pass) bool {
	return w.Reordered != nil && !p.Grad && p.Compute == w.Reordered.DType
}

// Serves says whether the pass can multiply by the weight as a whole: a joined one over a mapped file is only there reordered.
func (w *Weight) Serves(p *Pass) bool { return w.Matrix != nil || w.reordered(p) }

// corrected says whether something becomes of the product.
func (w *Weight) corrected() bool { return w.Correct != nil || len(w.Low) > 0 }

// alone says whether the product is all there is to do, so that what follows it may be done in the same kernel.
func (w *Weight) alone(p *Pass) bool {
	return !w.corrected() && !w.reordered(p) && !w.Matrix.Quantized()
}

// Linear is x W^T + b for x [N,in].
func (p *Pass) Linear(x *Tensor, w Weight) *Tensor {
	var y *Tensor
	switch {
	case w.reordered(p):
		y = p.reorderedLinear(x, w.Reordered, "")
	case w.Matrix.Quantized():
		y = p.int8Linear(x, "", w)
	default:
		p.begin("linear", x, w.Matrix, w.Bias)
		y = p.take(C.gb_linear(p.out(), x.c(), w.Matrix.c(), w.Compute.c(), w.Bias.optional()))
	}
	for _, l := range w.Low {
		l.add(p, x, y)
	}
	if w.Correct != nil {
		return w.Correct(p, x, y)
	}
	return y
}

// Linears puts the maps of one input side by side, [N,out1+out2+...].
func (p *Pass) Linears(x *Tensor, list []Weight) *Tensor {
	if len(list) == 1 {
		return p.Linear(x, list[0])
	}
	if !slices.ContainsFunc(list, func(w Weight) bool { return w.corrected() || !w.Matrix.Quantized() }) {
		return p.int8Linear(x, "", list...)
	}
	parts := make([]*Tensor, len(list))
	for i, w := range list {
		parts[i] = p.Linear(x, w)
	}
	return p.Concat(1, parts...)
}

// LinearActivation is activation(x W^T + b); see [Pass.Activation]. The second result is x again, for whoever reads x beside: on a
// card the gradient that comes back to it is added up by the product that makes the other share, at no cost.
func (p *Pass) LinearActivation(x *Tensor, w Weight, kind string) (y, beside *Tensor) {
	kind = known(kind)
	switch {
	case kind == quickGELU:
		return p.Activation(p.Linear(x, w), kind), x
	case w.reordered(p) && !w.corrected():
		return p.reorderedLinear(x, w.Reordered, kind), x
	case w.Matrix.Quantized() && !w.corrected():
		return p.int8Linear(x, kind, w), x
	case !w.alone(p):
		return p.Activation(p.Linear(x, w), kind), x
	}
	name := C.CString(kind)
	defer C.free(unsafe.Pointer(name))
	p.begin("linear activation", x, w.Matrix, w.Bias)
	var second C.gb_tensor
	y = p.take(C.gb_linear_activation(p.out(), &second, x.c(), w.Matrix.c(), w.Compute.c(), w.Bias.optional(), name))
	return y, p.own(handle(second))
}

// A LayerNorm scales and shifts rows that were brought to mean 0 and variance 1: fp32 masters [H].
type LayerNorm struct {
	Gain, Bias *Tensor
	Eps        float64
}

// LinearAddNorm is LN(dropout(x W^T + b) + residual); see [Pass.DropoutAddNorm].
func (p *Pass) LinearAddNorm(x *Tensor, w Weight, residual *Tensor, n LayerNorm, rate float64) *Tensor {
	if !w.alone(p) {
		return p.DropoutAddNorm(p.Linear(x, w), residual, n, rate)
	}
	site := p.NextSite()
	p.begin("linear dropout add norm", x, w.Matrix, residual)
	return p.take(C.gb_linear_dropout_add_norm(p.out(), x.c(), w.Matrix.c(), w.Compute.c(), w.Bias.optional(), residual.c(), n.Gain.c(),
		n.Bias.c(), C.double(n.Eps), C.double(rate), C.uint64_t(p.Seed), C.uint64_t(site)))
}

// LinearAttention is [Pass.Attention] of [Pass.Linears] for the projections of queries, keys and values, [3H,H] as one or [H,H] each,
// and x again for whoever reads x beside; see [Pass.LinearActivation].
func (p *Pass) LinearAttention(x *Tensor, list []Weight, s *Sequences, heads int64, rate float64) (y, beside *Tensor) {
	w := list[0]
	if w.Matrix.Quantized() && attends() { // the same bits as in [Pass.Blocks]
		return p.attend(p.Linears(x, list), s, heads), x
	}
	if len(list) > 1 || !w.alone(p) {
		return p.Attention(p.Linears(x, list), s, heads, rate), x
	}
	site := p.NextSite()
	p.begin("linear attention", x, w.Matrix, s.host)
	var second C.gb_tensor
	y = p.take(C.gb_linear_attention(p.out(), &second, x.c(), w.Matrix.c(), w.Compute.c(), w.Bias.optional(), w.ComputeBias.optional(), s.host.c(),
		s.device.c(), C.int64_t(s.longest), C.int64_t(heads), C.double(rate), C.uint64_t(p.Seed), C.uint64_t(site)))
	return y, p.own(handle(second))
}

// MaskedLMLoss is the mean cross-entropy of the vocabulary projection of x [M,H] with the targets int32 [M], and how many were
// predicted right; a negative target asks for nothing, and is left out of both. The logits [M,V] are never held as a whole: the gradient
// is taken chunk by chunk in the forward pass, already multiplied by gradScale, and by the mode's LossScale, which must be the gradient
// that will flow into the loss.
func (p *Pass) MaskedLMLoss(x *Tensor, w Weight, targets *Tensor, gradScale float64) (loss, correct *Tensor) {
	if w.Matrix.Quantized() {
		return p.int8MaskedLMLoss(x, w, targets)
	}
	p.begin("masked lm loss", x, w.Matrix, targets)
	var second C.gb_tensor
	loss = p.take(C.gb_masked_lm_loss(p.out(), &second, x.c(), w.Matrix.c(), w.Compute.c(), w.Bias.c(), targets.c(), C.double(gradScale),
		p.LossScale.optional(), C.bool(p.Grad)))
	return loss, p.own(handle(second))
}
