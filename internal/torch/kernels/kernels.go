// Package kernels holds BERT's fused building blocks for the CPU in C++, behind kernels.h. What a training step spends
// outside of matrix products goes to memory traffic and to random numbers; these kernels save both.
//
// Each file is a unit of its own, though one for all would compile in a third of the time: what the compiler draws together decides
// where a multiplication and an addition are rounded once, and a run that goes on is to have the bits that it began with.
//
// Files: encoder.h and encoder.cpp (all layers of such a pass), panels.h and panels.cpp (products without gradients), generation.h, panels_rows.h, panels_attend.h, panels_avx2.cpp and panels_avx512.cpp
// (their loops), team.h and team.cpp (threads that wait for nobody); kernels.h (what there is), philox.h (dropout masks as a function of a counter), norm.cpp and norm_rows.cpp (dropout
// + residual + LayerNorm), embedding.cpp, attention.cpp and attention_rows.cpp, masked_lm.cpp (vocabulary projection and
// cross-entropy), linear.cpp, product.cpp
// (matrix products), column_sum.cpp, dropout.cpp, sink.h (gradients accumulated in place), softmax_rows.h, gemm.h,
// convert.h, adamw.cpp, lamb.cpp, roots.h, fold.cpp (gradients that are added) and optimizer.h, targets.h (one binary for all vector units).
//
// sgemm_ is LibTorch's own on x86-64; for ARM64 it lies in a library beside it.
package kernels

// #cgo CXXFLAGS: -std=c++17 -O3 -fopenmp -Wall -Wno-sign-compare -Wno-unused-function
// #cgo LDFLAGS: -fopenmp -lstdc++
// #cgo arm64 LDFLAGS: -l:libnvpl_blas_lp64_gomp.so.0
import "C"

import _ "gobert/internal/torch/need" // says what to do when LibTorch is not set up, before C++ fails
