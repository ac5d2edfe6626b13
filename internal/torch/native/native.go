// Package native is the C++ side of package torch: everything LibTorch does for us that gotch does not offer, behind the C
// functions of abi.h. It is a package of its own so that a change in Go does not compile the C++ again.
//
// Files: abi.h (the functions), guard.h (exceptions to messages), tensor.cpp, upload.cpp, graph.cpp (CUDA graphs),
// autograd.cpp, elementwise.cpp, runtime.cpp, allocator.cpp, cuda.cpp (finding it), recompute.cpp (activations),
// profile.cpp (LibTorch's profiler), optimizer.cpp, lamb.h, updater.cpp (steps that a device makes by itself),
// fused.cpp (BERT's building blocks: which way they are computed), composite.cpp (from LibTorch's operators),
// dropout_mask.cpp, device_attention.cpp; collective.h and collective.cpp (several processes), with gloo/ (what LibTorch's header of
// them needs).
package native

// -fopenmp lets at::parallel_for in our files use LibTorch's thread pool; without it they run on one thread.

// #cgo CXXFLAGS: -std=c++17 -O3 -fopenmp -Wall -Wno-sign-compare -Wno-unused-function
// #cgo LDFLAGS: -fopenmp -ldl -lstdc++
import "C"

import _ "gobert/internal/torch/need" // says what to do when LibTorch is not set up, before C++ fails
