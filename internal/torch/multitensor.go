package torch

// #include "native/abi.h"
import "C"

import "runtime"

// clipEps is what PyTorch's clip_grad_norm_ adds to the norm.
const clipEps = 1e-6

func handles(tensors []*Tensor) (*C.gb_tensor, C.size_t) {
	list := make([]C.gb_tensor, len(tensors))
	for i, t := range tensors {
		list[i] = t.c()
	}
	return &list[0], C.size_t(len(list))
}

// ClipNorm scales several tensors in place so that their common Euclidean norm is at most limit, as PyTorch's
// clip_grad_norm_ does, and gives the norm they had. Flat memory needs [Norm] alone. On CUDA it waits for the device.
func ClipNorm(tensors []*Tensor, limit float64) float64 {
	if len(tensors) == 0 {
		return 0
	}
	list, n := handles(tensors)
	var out C.gb_tensor
	check("clip norm", C.gb_norm(&out, list, n), tensors[0])
	total := &Tensor{h: handle(out)}
	norm := total.Item()
	total.Free()
	if factor := limit / (norm + clipEps); factor < 1 {
		check("clip norm", C.gb_scale_all(list, n, C.double(factor)), tensors[0])
	}
	runtime.KeepAlive(tensors)
	return norm
}
