// Package cuda holds BERT's fused building blocks for NVIDIA cards, in CUDA C++ that is compiled when a card first needs it. To
// build and to link this package takes neither a card nor CUDA.
//
// A unit is a text of kernels (*.cu, with *.cuh and functions/arguments.h). NVRTC, which comes with every LibTorch for CUDA, compiles it for
// the card that is there and for the type and width at hand, and the result is kept in the user's cache. Where that fails, one
// warning says why, and LibTorch's own operators do the work.
//
// The rules of package kernels hold here, too: parameters are fp32 masters, gradients go where a master collects them, dropout
// masks are the CPU's bit for bit, and every sum is taken in a fixed order, without atomics.
//
// Kernels: norm.cu, activation.cu, embedding.cu, tables.cu (the gradients of embedding tables), cross_entropy.cu, attention.cu (the
// gradients of queries, keys and values packed), rows.cu (some rows of a matrix), dropout.cu, sums.cu, step.cu (what an optimizer's
// step decides for all parameters, LAMB's first half, sums of measures), optimizer.cu (updates); on types.cuh (fp16 and bfloat16 by
// their bits), warp.cuh, philox.cuh (masks), norm.cuh, columns.cuh and functions/arguments.h (what each is handed).
//
// Go: source.go (the texts), nvrtc.go (the compiler), cache.go, cubin.go (a unit for a card, from the cache or compiled). Package
// functions launches the kernels and makes them differentiable; package host compiles the same texts for the host, for tests.
package cuda
