package torch

// #include "native/int8.h"
// #include <stdlib.h>
import "C"

import "unsafe"

// quantized is what a tensor of eight-bit integers stands for: row r of the matrix [out,in] is scale[r] times the integers (symmetric, one
// scale for each output; see package int8 for how they are multiplied).
type quantized struct {
	out, in int64
	scale   *Tensor // fp32 [out]
	shift   *Tensor // int32, of one that is packed
	packed  bool    // in the order of the products: from the first one on
}

func (q *quantized) free() {
	if q != nil {
		FreeAll([]*Tensor{q.scale, q.shift})
	}
}

// Quantized says whether the tensor is a matrix of eight-bit integers with a scale for each row: by it a pass without gradients can
// multiply ([Pass.Linear] and its kin), and look rows up in it ([Pass.Embed]).
func (t *Tensor) Quantized() bool { return t != nil && t.int8 != nil }

// Quantize gives a matrix, fp32 on the CPU, in eight bits, owned by the caller. A row that holds NaN or infinity stands for NaN.
func Quantize(w *Tensor) *Tensor {
	var scale C.gb_tensor
	shape := w.Shape()
	q := made("quantize", func(out *C.gb_tensor) C.gb_error { return C.gb_int8_quantize(out, &scale, w.c()) }, w)
	q.int8 = &quantized{out: shape[0], in: shape[1], scale: OfHandle(handle(scale))}
	return q
}

// QuantizedOver is the matrix [out,in] whose integers and fp32 scales lie in memory that is not Go's, as for [NewOver]. The integers may be
// brought into another order there.
func QuantizedOver(q, scale []byte, shape ...int64) *Tensor {
	t := NewOver(q, Int8, shape...)
	t.int8 = &quantized{out: shape[0], in: shape[1], scale: NewOver(scale, Float32, shape[0])}
	return t
}

// Copied is the same matrix in memory of its own, owned by the caller: nothing of it lies in a mapped file.
func (t *Tensor) Copied() *Tensor {
	q, scale := t.Integers()
	made := NewFromBytes(q, Int8, CPU, t.int8.out, t.int8.in)
	made.int8 = &quantized{out: t.int8.out, in: t.int8.in, scale: NewFromBytes(scale, Float32, CPU, t.int8.out)}
	return made
}

// Integers gives the integers [out,in] and the scales [out], fp32, as bytes in new slices.
func (t *Tensor) Integers() (q, scale []byte) {
	rows := made("unpack", func(out *C.gb_tensor) C.gb_error { return C.gb_int8_unpacked(out, t.eight(nil)) })
	defer rows.Free()
	return rows.Bytes(), t.int8.scale.Bytes()
}

// floats is the matrix in fp32, owned by the caller.
func (t *Tensor) floats() *Tensor {
	return made("floats", func(out *C.gb_tensor) C.gb_error { return C.gb_int8_floats(out, t.eight(nil)) })
}

// Floats gives a quantized tensor as the fp32 matrix that it stands for, owned by the pass, and any other as it is.
func (p *Pass) Floats(t *Tensor) *Tensor {
	if !t.Quantized() {
		return t
	}
	return p.Adopt(t.floats())
}

// eight shows the matrix to C, with the bias that goes with it (nil for none).
func (t *Tensor) eight(bias *Tensor) C.gb_int8 {
	q := t.int8
	return C.gb_int8{q: C.gb_tensor(t.h), scale: q.scale.c(), shift: q.shift.optional(), bias: bias.optional(), out: C.int64_t(q.out), in: C.int64_t(q.in), packed: C.bool(q.packed)}
}

// pack brings the matrix into the order of the products, once and for all. Rows can be looked up in either.
func (t *Tensor) pack() {
	q := t.int8
	if q.packed {
		return
	}
	before := C.gb_tensor(t.h)
	var shift C.gb_tensor
	packed := made("pack", func(out *C.gb_tensor) C.gb_error { return C.gb_int8_pack(out, &shift, t.eight(nil)) })
	C.gb_free_all(&before, 1)
	t.h, q.shift, q.packed = packed.h, OfHandle(handle(shift)), true
}

// int8Linear is activation(x W^T + b) for the maps of one input side by side; an empty activation is none.
func (p *Pass) int8Linear(x *Tensor, activation string, list ...Weight) *Tensor {
	if p.Grad {
		Throw("int8 linear", "weights of eight-bit integers have no gradients: train in fp32, then quantize")
	}
	p.begin("int8 linear", x, list[0].Matrix, list[0].Bias)
	weights := make([]C.gb_int8, len(list))
	for i, w := range list {
		w.Matrix.pack()
		weights[i] = w.Matrix.eight(w.Bias)
	}
	name := C.CString(activation)
	defer C.free(unsafe.Pointer(name))
	return p.take(C.gb_int8_linear(p.out(), x.c(), &weights[0], C.size_t(len(weights)), name))
}

// int8MaskedLMLoss is [Pass.MaskedLMLoss] without its gradient.
func (p *Pass) int8MaskedLMLoss(x *Tensor, w Weight, targets *Tensor) (loss, correct *Tensor) {
	p.begin("int8 masked lm loss", x, w.Matrix, targets)
	w.Matrix.pack()
	var second C.gb_tensor
	loss = p.take(C.gb_int8_masked_lm_loss(p.out(), &second, x.c(), w.Matrix.eight(w.Bias), targets.c()))
	return loss, p.own(handle(second))
}

// int8Embed is [Pass.Embed] where a table is quantized.
func (p *Pass) int8Embed(in EmbedInput) *Tensor {
	if in.Dropout > 0 {
		Throw("int8 embed", "tables of eight-bit integers are not trained: a dropout of %v", in.Dropout)
	}
	p.begin("int8 embed", in.IDs, in.Word, in.Position)
	var tables [3]C.gb_table
	for i, t := range []struct{ rows, table *Tensor }{{in.IDs, in.Word}, {in.Positions, in.Position}, {in.Types, in.Type}} {
		tables[i].rows = t.rows.c()
		if !t.table.Quantized() {
			tables[i].floats = t.table.c()
			continue
		}
		tables[i].int8 = t.table.eight(nil)
	}
	return p.take(C.gb_int8_embed(p.out(), &tables[0], in.Norm.Gain.c(), in.Norm.Bias.c(), C.double(in.Norm.Eps)))
}

// Int8Kernels lists the kernels for products of eight-bit integers that this machine has, the best one, which is used, first. They give the
// same bits.
func Int8Kernels() (names []string) {
	for i := C.size_t(0); ; i++ {
		name := C.gb_int8_kernel(i)
		if name == nil {
			return names
		}
		names = append(names, C.GoString(name))
	}
}

// UseInt8Kernel makes products of eight-bit integers use a kernel, or the best one again for an empty name. It serves tests: the kernel
// amx-shim, which is the one for AMX over tiles in memory, runs everywhere.
func UseInt8Kernel(name string) error {
	text := C.CString(name)
	defer C.free(unsafe.Pointer(text))
	return ask("use int8 kernel", func() C.gb_error { return C.gb_int8_use(text) })
}
