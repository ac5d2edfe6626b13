package torch

// #include "native/encoder.h"
// #include <stdlib.h>
import "C"

import "unsafe"

// A Block is an encoder layer's weights: the projections of queries, keys and values, as one or three, attention's output, the two maps of
// the feed-forward net, and the norm behind each half.
type Block struct {
	Projections      []Weight
	Output, Up, Down Weight
	Attended, Out    LayerNorm
}

// Blocks takes x [rows,H] through layers in one call, whose threads meet nowhere: a core that other programs take away keeps nobody. Of the
// last layer it gives the wanted rows, int32 [M], or all for nil. It gives nil, and does nothing, where a layer cannot be computed so: in
// passes with gradients or dropout, with adapters that are trained or stand beside integers, with an activation of several operators, and
// where weights are neither packed nor eight-bit integers.
func (p *Pass) Blocks(x *Tensor, list []Block, s *Sequences, heads int64, activation string, rows *Tensor) *Tensor {
	if activation = known(activation); p.Train || p.Grad || activation == quickGELU {
		return nil
	}
	blocks, lows := make([]C.gb_block, len(list)), []C.gb_low(nil)
	for i, b := range list {
		ok := b.asIntegers(&blocks[i], activation)
		if !ok && b.asPanels(&blocks[i], p) {
			lows, ok = b.lows(lows, i)
		}
		if !ok {
			return nil
		}
		for n, norm := range []LayerNorm{b.Attended, b.Out} {
			blocks[i].gain[n], blocks[i].shift[n] = norm.Gain.c(), norm.Bias.c()
		}
	}
	name := C.CString(activation)
	defer C.free(unsafe.Pointer(name))
	p.begin("blocks", x, s.host, rows)
	return p.take(C.gb_encode(p.out(), x.c(), unsafe.SliceData(blocks), C.size_t(len(blocks)), s.host.c(), C.int64_t(heads),
		C.double(list[0].Attended.Eps), name, rows.optional(), unsafe.SliceData(lows), C.size_t(len(lows))))
}

// asPanels shows the layer to C, and whether the pass multiplies by panels.
func (b *Block) asPanels(to *C.gb_block, p *Pass) bool {
	for m, w := range append(b.Projections[:1:1], b.Output, b.Up, b.Down) {
		if len(b.Projections) > 1 || !w.packed(p) {
			return false
		}
		to.weight[m], to.bias[m] = w.Reordered.weight.c(), w.Reordered.bias.c()
	}
	return true
}

// asIntegers shows the layer to C, and whether all its maps are of eight-bit integers, which know one activation.
func (b *Block) asIntegers(to *C.gb_block, activation string) bool {
	maps := append(b.Projections[:len(b.Projections):len(b.Projections)], b.Output, b.Up, b.Down)
	if activation != "gelu" || len(maps) != len(to.eight) || !attends() {
		return false
	}
	for m, w := range maps {
		if !w.Matrix.Quantized() || w.corrected() {
			return false
		}
		w.Matrix.pack()
		to.eight[m] = w.Matrix.eight(w.Bias)
	}
	to.integers = true
	return true
}

// Settle waits for threads that compute a chunk of a pass once more whose answer was given, and so may still read its weights. It comes
// before weights that lie in a mapped file are unmapped.
func Settle() { C.gb_settle() }

// attends says whether there are kernels for attention beside products of integers.
func attends() bool { return bool(C.gb_can_attend()) }

// attend is [Pass.Attention] as [Pass.Blocks] computes it.
func (p *Pass) attend(qkv *Tensor, s *Sequences, heads int64) *Tensor {
	p.begin("attend", qkv, s.host, nil)
	return p.take(C.gb_attend(p.out(), qkv.c(), s.host.c(), C.int64_t(heads)))
}

// packed says whether the pass multiplies by panels, and adds nothing else than what is [LowRank].
func (w *Weight) packed(p *Pass) bool {
	return w.Correct == nil && w.reordered(p) && bool(C.gb_is_packed(w.Reordered.weight.c()))
}
