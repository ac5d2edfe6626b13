package torch

// #include "native/encoder.h"
// #include <stdlib.h>
import "C"

import "unsafe"

// A Block is an encoder layer's weights: the projections of queries, keys and values as one, attention's output, the two maps of the
// feed-forward net, and the norm behind each half.
type Block struct {
	Projections, Output, Up, Down Weight
	Attended, Out                 LayerNorm
}

// Blocks takes x [rows,H] through layers in one call, whose threads meet nowhere: a core that other programs take away keeps nobody. Of the
// last layer it gives the wanted rows, int32 [M], or all for nil. It gives nil, and does nothing, where a layer cannot be computed so: in
// passes with gradients or dropout, with adapters, and without packed weights.
func (p *Pass) Blocks(x *Tensor, list []Block, s *Sequences, heads int64, activation string, rows *Tensor) *Tensor {
	if p.Train {
		return nil
	}
	blocks := make([]C.gb_block, len(list))
	for i, b := range list {
		for m, w := range []Weight{b.Projections, b.Output, b.Up, b.Down} {
			if !w.packed(p) {
				return nil
			}
			blocks[i].weight[m], blocks[i].bias[m] = w.Reordered.weight.c(), w.Reordered.bias.c()
		}
		for n, norm := range []LayerNorm{b.Attended, b.Out} {
			blocks[i].gain[n], blocks[i].shift[n] = norm.Gain.c(), norm.Bias.c()
		}
	}
	name := C.CString(activation)
	defer C.free(unsafe.Pointer(name))
	p.begin("blocks", x, s.host, rows)
	return p.take(C.gb_encode(p.out(), x.c(), unsafe.SliceData(blocks), C.size_t(len(blocks)), s.host.c(), C.int64_t(heads),
		C.double(list[0].Attended.Eps), name, rows.optional()))
}

// packed says whether the pass multiplies by panels.
func (w *Weight) packed(p *Pass) bool {
	return w.reordered(p) && bool(C.gb_is_packed(w.Reordered.weight.c()))
}
