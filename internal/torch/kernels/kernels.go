// Package kernels holds BERT's fused building blocks for the CPU in C++, behind kernels.h. What a training step spends
// outside of matrix products goes to memory traffic and to random numbers; these kernels save both.
//
// Files: kernels.h (what there is), philox.h (dropout masks as a function of a counter), norm.cpp and norm_rows.cpp (dropout
// + residual + LayerNorm), embedding.cpp, attention.cpp and attention_rows.cpp, masked_lm.cpp (vocabulary projection and
// cross-entropy), linear.cpp, product.cpp
// (matrix products), column_sum.cpp, dropout.cpp, sink.h (gradients accumulated in place), softmax_rows.h, gemm.h,
// convert.h, adamw.cpp and optimizer.h, targets.h (one binary for all vector units).
package kernels

// #cgo CXXFLAGS: -std=c++17 -O3 -fopenmp -Wall -Wno-sign-compare -Wno-unused-function
// #cgo LDFLAGS: -fopenmp -lstdc++
import "C"

import _ "gobert/internal/torch/need" // says what to do when LibTorch is not set up, before C++ fails
