package torch

// #include "native/fused.h"
// #include <stdlib.h>
import "C"

import "unsafe"

// Linear is x W^T + b for x [N,in]. weight [out,in] and bias [out] (nil for none) are the fp32 masters that collect the
// gradient; compute is what the product uses: weight itself, or its copy in the pass's compute type.
func (p *Pass) Linear(x, weight, compute, bias *Tensor) *Tensor {
	p.begin("linear", x, weight, bias)
	return p.take(C.gb_linear(p.out(), x.c(), weight.c(), compute.c(), bias.optional()))
}

// LinearActivation is activation(x W^T + b); see [Pass.Linear] and [Pass.Activation]. The second result is x again, for whoever reads
// x beside: on a card the gradient that comes back to it is added up by the product that makes the other share, at no cost.
func (p *Pass) LinearActivation(x, weight, compute, bias *Tensor, kind string) (y, beside *Tensor) {
	name := C.CString(kind)
	defer C.free(unsafe.Pointer(name))
	p.begin("linear activation", x, weight, bias)
	var second C.gb_tensor
	y = p.take(C.gb_linear_activation(p.out(), &second, x.c(), weight.c(), compute.c(), bias.optional(), name))
	return y, p.own(handle(second))
}

// Activation applies one of config.json's hidden_act functions element by element.
func (p *Pass) Activation(x *Tensor, kind string) *Tensor {
	name := C.CString(kind)
	defer C.free(unsafe.Pointer(name))
	p.begin("activation", x, nil, nil)
	return p.take(C.gb_activation(p.out(), x.c(), name))
}

// DropoutAddNorm is LN(dropout(x) + residual) for rows [N,H], in one kernel; residual may be nil. gain and bias [H] are
// fp32 masters.
func (p *Pass) DropoutAddNorm(x, residual, gain, bias *Tensor, eps, rate float64) *Tensor {
	site := p.NextSite()
	p.begin("dropout add norm", x, residual, gain)
	return p.take(C.gb_dropout_add_norm(p.out(), x.c(), residual.optional(), gain.c(), bias.c(), C.double(eps), C.double(rate),
		C.uint64_t(p.Seed), C.uint64_t(site)))
}

// LinearDropoutAddNorm is LN(dropout(x W^T + b) + residual); see [Pass.Linear] and [Pass.DropoutAddNorm].
func (p *Pass) LinearDropoutAddNorm(x, weight, compute, bias, residual, gain, shift *Tensor, eps, rate float64) *Tensor {
	site := p.NextSite()
	p.begin("linear dropout add norm", x, weight, residual)
	return p.take(C.gb_linear_dropout_add_norm(p.out(), x.c(), weight.c(), compute.c(), bias.optional(), residual.c(), gain.c(), shift.c(),
		C.double(eps), C.double(rate), C.uint64_t(p.Seed), C.uint64_t(site)))
}

// EmbedInput is what [Pass.Embed] needs: int32 ids, types and positions [N], and the fp32 tables and norm.
type EmbedInput struct {
	IDs, Types, Positions *Tensor
	Word, Type, Position  *Tensor
	Gain, Bias            *Tensor
	Padding               int64 // the word whose row receives no gradient, -1 for none
	Eps, Dropout          float64
}

// Embed is dropout(LN(word[id] + type[t] + position[i])), [N,H] in the pass's compute type.
func (p *Pass) Embed(in EmbedInput) *Tensor {
	site := p.NextSite()
	p.begin("embed", in.IDs, in.Word, in.Position)
	return p.take(C.gb_embed(p.out(), in.IDs.c(), in.Types.c(), in.Positions.c(), in.Word.c(), in.Type.c(), in.Position.c(), in.Gain.c(),
		in.Bias.c(), C.int64_t(in.Padding), C.double(in.Eps), C.double(in.Dropout), C.uint64_t(p.Seed), C.uint64_t(site), C.int(p.Compute)))
}

// GatherRows picks rows of x [N,H] by number, int32 [M], ascending and distinct.
func (p *Pass) GatherRows(x, rows *Tensor) *Tensor {
	p.begin("gather rows", x, rows, nil)
	return p.take(C.gb_gather_rows(p.out(), x.c(), rows.c()))
}

// GatherBoth is [Pass.GatherRows] for rows of x and of y, which may be the same tensor, by one kernel where there is one.
func (p *Pass) GatherBoth(x, rowsOfX, y, rowsOfY *Tensor) (fromX, fromY *Tensor) {
	p.begin("gather rows", x, rowsOfX, y)
	var second C.gb_tensor
	fromX = p.take(C.gb_gather_both(p.out(), &second, x.c(), rowsOfX.c(), y.c(), rowsOfY.c()))
	return fromX, p.own(handle(second))
}

// CounterDropout zeroes elements with probability rate, drawing the mask from (seed, step, site) instead of a generator.
func (p *Pass) CounterDropout(x *Tensor, rate float64) *Tensor {
	if rate == 0 {
		return x
	}
	site := p.NextSite()
	p.begin("dropout", x, nil, nil)
	return p.take(C.gb_counter_dropout(p.out(), x.c(), C.double(rate), C.uint64_t(p.Seed), C.uint64_t(site)))
}

// MaskedLMLoss is the mean cross-entropy of the vocabulary projection of h [M,H] with the targets int32 [M], and how many were
// predicted right; a negative target asks for nothing, and is left out of both. word [V,H] and bias [V] are the tied fp32 masters,
// compute is word in the compute type. The logits [M,V] are never held as a whole: the gradient is taken chunk by chunk in the forward
// pass, already multiplied by gradScale, and by the mode's LossScale, which must be the gradient that will flow into the loss.
func (p *Pass) MaskedLMLoss(h, word, compute, bias, targets *Tensor, gradScale float64) (loss, correct *Tensor) {
	p.begin("masked lm loss", h, word, targets)
	var second C.gb_tensor
	loss = p.take(C.gb_masked_lm_loss(p.out(), &second, h.c(), word.c(), compute.c(), bias.c(), targets.c(), C.double(gradScale), p.LossScale.optional(), C.bool(p.Grad)))
	return loss, p.own(handle(second))
}

// PadRows turns packed rows [N,C] into [B,T,C], T being the longest sequence, with fill where a sequence has ended.
func (p *Pass) PadRows(x *Tensor, o Offsets, fill float64) *Tensor {
	p.begin("pad rows", x, o.host, nil)
	return p.take(C.gb_pad_rows(p.out(), x.c(), o.host.c(), C.double(fill)))
}

// UseKernels switches our CPU kernels on (as they are) or off: then LibTorch's own operators compute everything, slowly,
// with the same dropout masks. It serves tests, and the search for a fault.
func UseKernels(on bool) { C.gb_use_kernels(C.bool(on)) }

// CountsTargets says whether a device counts by itself how many targets of [Pass.MaskedLMLoss] ask for something, so that some may be -1
// there. Where its own kernels cannot be used it does not.
func CountsTargets(d Device, compute DType) bool {
	var counts C.bool
	check("counts targets", C.gb_counts_targets(&counts, C.int(d.Index()), C.int(compute)))
	return bool(counts)
}

// StepFrom lets the masks of a card's kernels depend on a number in its memory, int64 [1], which is added to their sites: who records a
// step's launches to replay them, as in a CUDA graph, writes [Mode].Step << 20 there before each replay, and records a pass of step 0. The
// tensor must live until StepFrom(nil).
func StepFrom(step *Tensor) { check("step from", C.gb_step_from(step.optional())) }
