package torch

// #include "native/encoder.h"
import "C"

// A LowRank is what an adapter adds to a product with x, LoRA's correction: scale * (x A^T) B^T. It is for passes without gradients.
type LowRank struct {
	A, B   Weight // [rank,in], [out,rank]
	Scale  float64
	Column int64 // of the product, that the first output is added to

	a, b *Tensor // in the order in which [Pass.Blocks] multiplies by them; nil where it does not
	rank C.int64_t
	// panel is where b begins among those of the product's weight.
	panel C.int64_t
}

// Pack keeps a copy for [Pass.Blocks], which multiplies by adapters in fp32 on the CPU.
func (l *LowRank) Pack() {
	l.Free()
	a, b := l.A.Compute, l.B.Compute
	if a.DType() != Float32 || a.Device().IsCUDA() || !attends() {
		return
	}
	var low C.gb_low
	check("pack low", C.gb_pack_low(&low, a.c(), b.c(), C.double(l.Scale), C.int64_t(l.Column)), a, b)
	l.a, l.b, l.rank, l.panel = OfHandle(handle(low.a)), OfHandle(handle(low.b)), low.rank, low.panel
}

// Free releases the copy.
func (l *LowRank) Free() {
	if l != nil {
		FreeAll([]*Tensor{l.a, l.b})
		l.a, l.b = nil, nil
	}
}

// An Addition is a LowRank for some rows of x.
type Addition struct {
	*LowRank
	Rows [2]int64 // from and to
}

// add adds it to y, the product.
func (l Addition) add(p *Pass, x, y *Tensor) {
	if n := l.Rows[1] - l.Rows[0]; n < x.Dim(0) {
		x, y = p.Narrow(x, 0, l.Rows[0], n), p.Narrow(y, 0, l.Rows[0], n)
	}
	low := p.Scale(p.Linear(x, l.A), l.Scale)
	p.AddProduct(p.Narrow(y, 1, l.Column, l.B.Compute.Dim(0)), low, p.Transpose(l.B.Compute, 0, 1))
}

// lows shows what is added in a block to C. False: something has no copy in panels.
func (b *Block) lows(list []C.gb_low, layer int) ([]C.gb_low, bool) {
	for m, w := range append(b.Projections[:1:1], b.Output, b.Up, b.Down) {
		for _, l := range w.Low {
			if l.a == nil {
				return nil, false
			}
			list = append(list, C.gb_low{
				layer: C.size_t(layer), which: C.size_t(m), a: l.a.c(), b: l.b.c(), rank: l.rank, panel: l.panel,
				from: C.int64_t(l.Rows[0]), to: C.int64_t(l.Rows[1]),
			})
		}
	}
	return list, true
}
