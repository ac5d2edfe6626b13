package torch

// #include "native/abi.h"
import "C"

import (
	"fmt"
	"sync"
)

// reasonSize is room enough for the dynamic linker's longest complaint.
const reasonSize = 1024

var findCUDA = sync.OnceValues(func() (int, error) {
	why := make([]C.char, reasonSize)
	count := int(C.gb_cuda_count(&why[0], reasonSize))
	if count == 0 {
		return 0, fmt.Errorf("CUDA cannot be used: %s", C.GoString(&why[0]))
	}
	if !bool(C.gb_cuda_load(&why[0], reasonSize)) {
		return 0, fmt.Errorf("CUDA cannot be used: the driver shows %d device(s), but LibTorch's CUDA library does not load: %s "+
			"(hint: scripts/install-libtorch.sh --cuda)", count, C.GoString(&why[0]))
	}
	return count, nil
})

// CUDAProblem is nil when a CUDA device can be used, and otherwise says what is missing. The first call loads
// libtorch_cuda.so, found beside libtorch_cpu.so; it is never linked, so one binary serves machines with and without it.
func CUDAProblem() error {
	_, err := findCUDA()
	return err
}

// CUDACount is the number of CUDA devices that can be used.
func CUDACount() int {
	n, _ := findCUDA()
	return n
}

// GPU describes one CUDA device. Memory is in bytes.
type GPU struct {
	Name                string
	Total, Free         int64
	CapabilityMajor     int
	CapabilityMinor     int
	Allocated, Reserved int64 // by this process: in tensors, and taken from the driver
	Peak                int64 // most ever in tensors since [ResetPeak]
}

// Describe asks the driver and LibTorch's allocator about a CUDA device.
func (d Device) Describe() (gpu GPU, err error) {
	err = Run(func() error {
		var name [256]C.char
		var total, free, allocated, reserved, peak C.int64_t
		var major, minor C.int
		check("describe", C.gb_cuda_properties(C.int(d.Index()), &name[0], 256, &total, &free, &major, &minor))
		check("describe", C.gb_cuda_memory(C.int(d.Index()), &allocated, &reserved, &peak))
		gpu = GPU{
			Name: C.GoString(&name[0]), Total: int64(total), Free: int64(free), CapabilityMajor: int(major), CapabilityMinor: int(minor),
			Allocated: int64(allocated), Reserved: int64(reserved), Peak: int64(peak),
		}
		return nil
	})
	return gpu, err
}

// EmptyCache gives back what is kept of freed memory: to the driver of a GPU, or to the heap of the process.
func (d Device) EmptyCache() error {
	return Run(func() error {
		if !d.IsCUDA() {
			C.gb_empty_cache()
			return nil
		}
		check("empty cache", C.gb_cuda_empty_cache())
		return nil
	})
}

// Synchronize waits until the device has done everything asked of it. On the CPU it does nothing.
func (d Device) Synchronize() error {
	return Run(func() error {
		check("synchronize", C.gb_synchronize(C.int(d.Index())))
		return nil
	})
}
