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

// directions is the first half of a step of LAMB on the CPU: the moments take the gradient in, in whose place the direction stands then that each
// number is to go in.
func directions(value, grad, m, v *Tensor, s Step) {
	check("lamb", C.gb_lamb_directions(value.c(), grad.c(), m.c(), v.c(), s.c()), value, grad)
}

// walk is the second half: so many steps along the direction, which is cleared; shadow is as [AdamW]'s.
func walk(value, direction, shadow *Tensor, steps float64) {
	check("lamb", C.gb_lamb_walk(value.c(), direction.c(), shadow.optional(), C.double(steps)), value, direction)
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

// A Region is a run of numbers of a flat tensor: N from At on.
type Region struct{ At, N int64 }

// NormBlocks is into how many blocks of [NormBlock] numbers, counted from where the tensor begins, a region reaches.
func (r Region) NormBlocks() int64 {
	if r.N == 0 {
		return 0
	}
	return (r.At+r.N+NormBlock-1)/NormBlock - r.At/NormBlock
}

// Squares are the sums of squares of regions of a flat fp32 tensor, one for each norm block that each reaches into: bits that depend on
// nothing else that is summed. On a GPU it waits, and needs the kernels of our own.
func Squares(x *Tensor, regions []Region) []float64 {
	var from, n []C.int64_t
	blocks := int64(0)
	for _, r := range regions {
		from, n, blocks = append(from, C.int64_t(r.At)), append(n, C.int64_t(r.N)), blocks+r.NormBlocks()
	}
	if blocks == 0 {
		return nil
	}
	out := make([]float64, blocks)
	check("squares", C.gb_flat_squares(x.c(), &from[0], &n[0], C.size_t(len(n)), (*C.double)(unsafe.Pointer(&out[0])), C.size_t(len(out))), x)
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
