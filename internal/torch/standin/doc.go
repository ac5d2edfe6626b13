// Package standin makes a GPU for tests out of the host: LibTorch's CUDA library and NVIDIA's driver, compiled from the C++ beside
// this file, over memory that nobody can read outside of an operator. The programs and the tests run on it as they are; what they
// would do wrong on a GPU goes wrong here too.
//
//	func TestOnCUDA(t *testing.T) {
//		standin.Run(t, standin.Machine{}, "TestParity", "TestSeed")
//	}
//
// Work is asynchronous as CUDA's is: operators, kernels and copies stand in the queue of a stream, and are done as late as CUDA could
// do them, or, with [Machine.Shuffle], sometime. Shapes and memory are there at once, contents are not. So it shows: a host's buffer
// that is changed before its copy was made, a reading without a wait, an event that is missing between two streams, errors that
// come late and stay, memory that ends, random state, fallbacks by capability. It shows neither speed nor CUDA's own kernels: an
// operator is LibTorch's of the CPU.
//
// Files: build.go (compiling, once for each state of the sources), run.go (running tests and programs on it), counts.go (what
// they asked of the device). In cuda/: settings.h (what the machine looks like), driver.cpp (NVIDIA's driver), nvrtc.cpp (its
// compiler), launch.cpp (kernels of the program, which run as they were compiled for the host), device.cpp (devices, streams,
// events), queue.cpp (what streams have to do), memory.cpp (the memory), copies.cpp (copies), operators.cpp (all operators), forms.cpp
// (the shapes of what they will give), products.cpp and attention.cpp (those that only CUDA has), capture.cpp (graphs), generator.cpp
// (random state), host.cpp (tensors that the host brings), nccl.cpp and transfer.cpp (NCCL, over
// sockets between processes), counts.cpp (the counters).
package standin
