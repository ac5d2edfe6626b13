// Package functions makes the card's kernels differentiable functions of LibTorch, behind cuda.h, and launches them. It asks
// package cuda for compiled kernels through cubin.h, but does not import it: Go would compile all this C++ again with each change
// of a kernel.
//
// Files: cuda.h (what there is), norm.cpp, activation.cpp, embedding.cpp, masked_lm.cpp, linear.cpp, attention.cpp, rows.cpp,
// dropout.cpp (the functions), gradients.h (of weights and biases, and of what products read), optimizer.h (steps of an optimizer),
// arguments.h (what each kernel is handed), saved.h (what functions keep for their backward passes), launch.h (which form of a unit
// serves, grids), module.h (the driver).
package functions

// #cgo CXXFLAGS: -std=c++17 -O2 -fopenmp -Wall -Wno-sign-compare -Wno-unused-function
// #cgo LDFLAGS: -fopenmp -ldl -lstdc++
import "C"

import _ "gobert/internal/torch/need" // says what to do when LibTorch is not set up, before C++ fails
