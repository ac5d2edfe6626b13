package torch

// #include "native/fused.h"
import "C"

// DropoutAddNorm is LN(dropout(x) + residual) for rows [N,H], in one kernel; residual may be nil.
func (p *Pass) DropoutAddNorm(x, residual *Tensor, n LayerNorm, rate float64) *Tensor {
	site := p.NextSite()
	p.begin("dropout add norm", x, residual, n.Gain)
	return p.take(C.gb_dropout_add_norm(p.out(), x.c(), residual.optional(), n.Gain.c(), n.Bias.c(), C.double(n.Eps), C.double(rate),
		C.uint64_t(p.Seed), C.uint64_t(site)))
}

// EmbedInput is what [Pass.Embed] needs: int32 ids, types and positions [N], and the fp32 tables and norm.
type EmbedInput struct {
	IDs, Types, Positions *Tensor
	Word, Type, Position  *Tensor
	Norm                  LayerNorm
	Padding               int64 // the word whose row receives no gradient, -1 for none
	Dropout               float64
}

// Embed is dropout(LN(word[id] + type[t] + position[i])), [N,H] in the pass's compute type.
func (p *Pass) Embed(in EmbedInput) *Tensor {
	if in.Word.Quantized() || in.Position.Quantized() || in.Type.Quantized() {
		return p.int8Embed(in)
	}
	site := p.NextSite()
	p.begin("embed", in.IDs, in.Word, in.Position)
	return p.take(C.gb_embed(p.out(), in.IDs.c(), in.Types.c(), in.Positions.c(), in.Word.c(), in.Type.c(), in.Position.c(), in.Norm.Gain.c(),
		in.Norm.Bias.c(), C.int64_t(in.Padding), C.double(in.Norm.Eps), C.double(in.Dropout), C.uint64_t(p.Seed), C.uint64_t(site), C.int(p.Compute)))
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
