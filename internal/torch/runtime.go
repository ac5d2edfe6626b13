package torch

// #include "native/abi.h"
import "C"

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	card "gobert/internal/torch/cuda"
)

// pathSize is room for the longest path the system knows.
const pathSize = 4096

// preparedShapes is how many products oneDNN keeps prepared, and the layer above it again: each takes some 40 KiB. A training
// step needs one for each product and number of rows; the default of 1024 fills up for thousands of steps with shapes that do
// not come again.
const preparedShapes = "64"

// setUp prepares the process when the LibTorch thread starts. cgo hands what is set here to C; what the user set stays.
func setUp() {
	for _, name := range []string{"ONEDNN_PRIMITIVE_CACHE_CAPACITY", "LRU_CACHE_CAPACITY"} {
		if _, ok := os.LookupEnv(name); !ok {
			_ = os.Setenv(name, preparedShapes) // fails for malformed names only
		}
	}
	C.gb_set_up()
	card.LookIn(filepath.Dir(LibraryPath()))
}

// Version is LibTorch's version, as it was compiled against.
func Version() string { return C.GoString(C.gb_torch_version()) }

// LibraryPath is the file that LibTorch was loaded from.
func LibraryPath() string {
	path := make([]C.char, pathSize)
	C.gb_library_path(&path[0], pathSize)
	return C.GoString(&path[0])
}

// CPUCapability is the vector instruction set that LibTorch uses: DEFAULT, AVX2 or AVX512.
func CPUCapability() string { return C.GoString(C.gb_cpu_capability()) }

// CPUHasBF16 says whether the processor multiplies bfloat16 itself; without it bf16 on CPU is slower than fp32.
func CPUHasBF16() bool { return bool(C.gb_cpu_has_bf16()) }

// SetThreads sets how many threads one operator may use.
func SetThreads(n int) error {
	return ask("set threads", func() C.gb_error {
		if n < 1 {
			Throw("set threads", "expected at least 1 thread, got %d", n)
		}
		return C.gb_set_threads(C.int(n))
	})
}

// Crowded says that so many threads are more than the processor runs at once; empty where they are not.
func Crowded(threads int) string {
	if cores := runtime.NumCPU(); threads > cores {
		return fmt.Sprintf("%d threads on %d cores wait for each other: fewer are faster", threads, cores)
	}
	return ""
}

// Threads is how many threads one operator may use.
func Threads() (n int) {
	_ = Run(func() error { n = int(C.gb_threads()); return nil })
	return n
}

// Seed sets LibTorch's own random generator of a device, which nothing here draws from but attention's kernels on a GPU.
func Seed(seed uint64, device Device) error {
	return ask("seed", func() C.gb_error { return C.gb_seed(C.uint64_t(seed), C.int(device.Index())) })
}

// cublasWorkspace is what cuBLAS needs to give the same bits every time: a workspace of one size.
const cublasWorkspace = "CUBLAS_WORKSPACE_CONFIG"

// SetDeterministic makes LibTorch choose operators that give the same bits every time, or fail. On a GPU it has to be set
// before the first product.
func SetDeterministic(on bool) error {
	return ask("deterministic", func() C.gb_error {
		if _, ok := os.LookupEnv(cublasWorkspace); on && !ok {
			_ = os.Setenv(cublasWorkspace, ":4096:8") // fails for malformed names only
		}
		return C.gb_deterministic(C.bool(on))
	})
}

// SetTF32 lets CUDA round the factors of fp32 matrix products to 10 bits of mantissa, for speed.
func SetTF32(on bool) error {
	return ask("tf32", func() C.gb_error { return C.gb_tf32(C.bool(on)) })
}
