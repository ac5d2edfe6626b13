// Package native is the C++ side of package torch: everything LibTorch does for us that gotch does not offer, behind the C
// functions of abi.h. It is a package of its own so that a change in Go does not compile the C++ again.
//
// The code is in .hpp files, which one .cpp file puts together: a unit each would read LibTorch's headers anew, four times the work.
// (Go looks for changes in .hpp files as it does in .cpp files.)
//
// Files: abi.h (the functions), guard.h (exceptions to messages), tensor.hpp, upload.hpp, graph.hpp (CUDA graphs),
// autograd.hpp, elementwise.hpp, runtime.hpp, allocator.hpp, cuda.hpp (finding it), recompute.hpp (activations),
// profile.hpp (LibTorch's profiler), optimizer.hpp, lamb.h (its ratio by operators), updater.hpp (steps that a device makes by itself),
// int8.hpp (matrices of eight-bit integers, see package int8), fused.hpp (BERT's building blocks: which way they are computed), composite.hpp (from LibTorch's operators),
// dropout_mask.hpp, device_attention.hpp; collective.h and collective.hpp (several processes), with gloo/ (what LibTorch's header of
// them needs), nccl.h and nccl.hpp (what these send from GPU to GPU).
package native

// -fopenmp lets at::parallel_for in our files use LibTorch's thread pool; without it they run on one thread.

// #cgo CXXFLAGS: -std=c++17 -O3 -fopenmp -Wall -Wno-sign-compare -Wno-unused-function
// #cgo LDFLAGS: -fopenmp -ldl -lstdc++
import "C"

import _ "gobert/internal/torch/need" // says what to do when LibTorch is not set up, before C++ fails
