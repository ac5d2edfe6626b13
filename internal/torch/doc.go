// Package torch is the one door to LibTorch: the only package with cgo and the only importer of gotch.
//
// Everything above it speaks in passes and tensors:
//
//	err := torch.Do(torch.Mode{Grad: true}, func(p *torch.Pass) error {
//		x := torch.From(p, []float32{1, 2}, 1, 2)
//		loss := p.Sum(p.Mul(x, x), torch.Float32)
//		p.Backward(loss, nil)
//		return nil
//	})
//
// # Ownership
//
// A [Pass] owns every tensor made in it and frees them when it closes, also when a panic passes through. Tensors made by
// New... functions, and those taken out with [Pass.Keep], belong to their holder and are freed with [Tensor.Free].
// There are no finalizers: nothing waits for Go's garbage collector, which cannot see C++ or GPU memory.
//
// # Threads
//
// LibTorch keeps gradient mode, errors and worker teams per OS thread, so one locked thread does all work; [Run] and
// [Do] hand work to it from any goroutine and may be called concurrently. A pass must be used from within the function
// that got it. Misuse (two goroutines in one pass, a closed pass, a freed tensor) is raised as a fault.
//
// # Faults
//
// Inside a pass a fault panics with one typed [Error]: operator, operand shapes, LibTorch's message. [Run] and [Do]
// return it as an error.
//
// # Operators
//
// Ordinary operators go through gotch's exported libtch layer, without the parts of gotch that leak (its Go tensors
// never free result cells, its scalars and strings are never released). What gotch lacks is in the C++ files here,
// behind abi.h: fused BERT kernels (package kernels for the CPU, package int8 for products of bytes there, package cuda for GPUs), variable-length attention, optimizers,
// generators, device figures.
//
// Files: thread.go (the LibTorch thread), pass.go (ownership and modes), tensor.go (handles), dtype.go, host.go (copies to
// and from Go), upload.go (in one block, for a GPU), graph.go (launches as one), autograd.go (leaves and gradients), ops.go,
// shape_ops.go, losses.go, random.go (operators), linear.go, reordered.go and int8.go (linear maps, and which way they are computed),
// activation.go, attention.go and fused.go (BERT's other building blocks), sequences.go and rounding.go (packed batches, and how many rows of
// them are computed), recompute.go, optimizer.go and updater.go, device.go and cuda.go (devices), stream.go (streams and events),
// runtime.go (process-wide settings), profile.go, error.go, cgo.go (how the C++ is compiled).
package torch
