// Package kernels holds BERT's fused building blocks for the CPU in C++, behind kernels.h. What a training step spends
// outside of matrix products goes to memory traffic and to random numbers; these kernels save both.
//
// The code is in .hpp files, which one .cpp file puts together: a unit each would read LibTorch's headers anew, four times the work.
// (Go looks for changes in .hpp files as it does in .cpp files.)
//
// Files: kernels.h (what there is), philox.h (dropout masks as a function of a counter), norm.hpp and norm_rows.hpp (dropout
// + residual + LayerNorm), embedding.hpp, attention.hpp and attention_rows.hpp, masked_lm.hpp (vocabulary projection and
// cross-entropy), linear.hpp, product.hpp
// (matrix products), column_sum.hpp, dropout.hpp, sink.h (gradients accumulated in place), softmax_rows.h, gemm.h,
// convert.h, adamw.hpp and optimizer.h, targets.h (one binary for all vector units).
package kernels

// #cgo CXXFLAGS: -std=c++17 -O3 -fopenmp -Wall -Wno-sign-compare -Wno-unused-function
// #cgo LDFLAGS: -fopenmp -lstdc++
import "C"

import _ "gobert/internal/torch/need" // says what to do when LibTorch is not set up, before C++ fails
