package torch

// #include "native/optimizer.h"
import "C"

import "unsafe"

// Step is one update of one region of flat memory.
type Step struct {
	LearningRate, Beta1, Beta2, Eps float64
	Decay                           float64 // decoupled weight decay
	Number                          int64   // of the step, from 1
	GradientScale                   float64 // the gradient is multiplied by it first: clipping, loss scaling
}

func (s Step) c() C.gb_step {
	return C.gb_step{
		lr: C.double(s.LearningRate), beta1: C.double(s.Beta1), beta2: C.double(s.Beta2), eps: C.double(s.Eps),
		decay: C.double(s.Decay), step: C.int64_t(s.Number), gradient_scale: C.double(s.GradientScale),
	}
}

// AdamW updates flat fp32 values with their gradient and moments, in place, and clears the gradient. shadow (nil for none)
// receives the new values in the compute type.
func AdamW(value, grad, m, v, shadow *Tensor, s Step) {
	check("adamw", C.gb_adamw_flat(value.c(), grad.c(), m.c(), v.c(), shadow.optional(), s.c()), value, grad)
}

// LAMB is [AdamW] with each parameter's step scaled to the parameter's norm; sizes are the numbers of elements of the
// parameters that lie in value, in order. Without adapt nothing is scaled.
func LAMB(value, grad, m, v, shadow *Tensor, sizes []int64, adapt bool, s Step) {
	first := (*C.int64_t)(unsafe.Pointer(unsafe.SliceData(sizes)))
	check("lamb", C.gb_lamb_flat(value.c(), grad.c(), m.c(), v.c(), shadow.optional(), first, C.size_t(len(sizes)), C.bool(adapt), s.c()), value, grad)
}

// Norm is the Euclidean norm of a flat tensor. On CUDA it waits for the device.
func Norm(x *Tensor) float64 {
	if x.Quantized() {
		x = x.int8.scale // it is no number where a row held one
	}
	var out C.double
	check("norm", C.gb_flat_norm(x.c(), &out), x)
	return float64(out)
}

// NormBlock is how many neighbours' squares are summed at a time: a norm is the root of such sums' sum, in their order.
const NormBlock = 1 << 14

// Squares are the sums of squares of n numbers of a flat fp32 tensor of the host's memory from one on: one for each block of NormBlock
// numbers, counted from where the tensor begins, that they reach into.
func Squares(x *Tensor, from, n int64) []float64 {
	if n == 0 {
		return nil
	}
	out := make([]float64, (from+n+NormBlock-1)/NormBlock-from/NormBlock)
	check("squares", C.gb_flat_squares(x.c(), C.int64_t(from), C.int64_t(n), (*C.double)(unsafe.Pointer(&out[0])), C.size_t(len(out))), x)
	return out
}

// Fold adds flat fp32 tensors to another one, in their order, in one pass over memory. Where into is not nil, that takes the sum in the same
// pass, and the tensor is cleared.
func Fold(sum *Tensor, more []*Tensor, into *Tensor) {
	list := make([]C.gb_tensor, len(more)+1)
	for i, x := range more {
		list[i] = x.c()
	}
	check("fold", C.gb_flat_fold(sum.c(), &list[0], C.size_t(len(more)), into.optional()), sum, into)
}
