// Package standin makes a GPU for tests out of the host: LibTorch's CUDA library and NVIDIA's driver, compiled from the C++ beside
// this file, over memory that nobody can read outside of an operator. The programs and the tests run on it as they are; what they
// would do wrong on a GPU goes wrong here too.
//
//	func TestOnCUDA(t *testing.T) {
//		standin.Run(t, standin.Machine{}, "TestParity", "TestSeed")
//	}
//
// It shows logic: reading memory of the device, waiting, random state, fallbacks by capability, errors that come late, memory
// that ends. It shows neither speed nor CUDA's own kernels: an operator is LibTorch's of the CPU.
//
// Files: build.go (compiling, once for each state of the sources), run.go (running tests and programs on it), counts.go (what
// they asked of the device). In cuda/: settings.h (what the machine looks like), driver.cpp (NVIDIA's driver), nvrtc.cpp (its compiler), launch.cpp (kernels
// of the program, which run as they were compiled for the host), device.cpp
// (devices, streams, events), memory.cpp (the memory), copies.cpp (copies as late as CUDA makes them), operators.cpp (all
// operators), attention.cpp (those that only CUDA has), generator.cpp (random state), host.cpp (tensors seen from inside of an
// operator), counts.cpp (the counters).
package standin
