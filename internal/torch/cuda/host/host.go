// Package host runs the card's kernels on the CPU: the same text, compiled by the host's C++ compiler over a small imitation of a
// block of threads. Tests compare it with the CPU's kernels and with LibTorch; nothing else imports it.
//
// Files: words.h (CUDA's words), block.cpp (threads as fibers, warps that exchange, barriers), kernels.cpp (the table of kernels and
// the grid), traffic.cpp (bytes to and from memory), serve.cpp (launches of the differentiable functions).
package host

// #cgo CXXFLAGS: -std=c++17 -O2 -Wall -Wno-unknown-pragmas -Wno-sign-compare
// #cgo LDFLAGS: -lstdc++
// #include "serve.h"
// #include "traffic.h"
import "C"

import _ "gobert/internal/torch/cuda" // Go compiles this package again when a kernel's text has changed

// Serve lets the card's kernels serve tensors of the CPU, until stop is called. With backwards, blocks and warps run in the
// opposite order, which must change nothing.
func Serve(backwards bool) (stop func()) {
	C.gobert_host_serve(1, boolean(backwards))
	return func() { C.gobert_host_serve(0, 0) }
}

// Launches is how many kernels were launched so far.
func Launches() int { return int(C.gobert_host_launches()) }

// Traffic is how many bytes the kernels' launches read and write while f runs. Every 32 bytes that a launch touches count once: what
// it reads again is in a cache.
func Traffic(f func()) (read, written int64) {
	C.gobert_host_count(1)
	defer C.gobert_host_count(0)
	f()
	var in, out C.longlong
	C.gobert_host_moved(&in, &out)
	return int64(in), int64(out)
}

func boolean(on bool) C.int {
	if on {
		return 1
	}
	return 0
}
