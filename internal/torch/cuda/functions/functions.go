// Package functions makes the card's kernels differentiable functions of LibTorch, behind cuda.h, and launches them. It asks
// package cuda for compiled kernels through cubin.h, but does not import it: Go would compile all this C++ again with each change
// of a kernel.
//
// The code is in .hpp files, which one .cpp file puts together: a unit each would read LibTorch's headers anew, four times the work.
// (Go looks for changes in .hpp files as it does in .cpp files.)
//
// Files: cuda.h (what there is), norm.hpp, activation.hpp, embedding.hpp, masked_lm.hpp, linear.hpp, attention.hpp, rows.hpp,
// dropout.hpp (the functions), gradients.h (of weights and biases, and of what products read), optimizer.h (steps of an optimizer),
// arguments.h (what each kernel is handed), saved.h (what functions keep for their backward passes), launch.h (which form of a unit
// serves, grids), module.h (the driver).
package functions

// #cgo CXXFLAGS: -std=c++17 -O2 -fopenmp -Wall -Wno-sign-compare -Wno-unused-function
// #cgo LDFLAGS: -fopenmp -ldl -lstdc++
import "C"

import _ "gobert/internal/torch/need" // says what to do when LibTorch is not set up, before C++ fails
