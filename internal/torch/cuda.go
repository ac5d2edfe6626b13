package torch

// #include "native/abi.h"
import "C"

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"gobert/internal/fault"
)

// reasonSize is room enough for the dynamic linker's longest complaint.
const reasonSize = 4096

// cuda is what the search for CUDA came to, when the LibTorch thread started.
type cuda struct {
	count   int
	problem error // why CUDA cannot be used
	broken  bool  // a GPU or its driver is there all the same
}

var findCUDA = sync.OnceValue(func() (found cuda) {
	_ = Run(func() error {
		var devices C.int
		why := make([]C.char, reasonSize)
		state := C.gb_cuda_found(&devices, &why[0], reasonSize)
		found = cuda{count: int(devices), broken: state == C.GB_CUDA_BROKEN}
		if found.count > 0 {
			return nil
		}
		what, hint, told := strings.Cut(C.GoString(&why[0]), "\n") // a line of what is wrong, and one of what to do
		if !told {
			hint = "install NVIDIA's driver; in containers, start with --gpus all"
		}
		found.problem = fault.New("CUDA cannot be used: %s", what).Advise("%s", hint)
		return nil
	})
	return found
})

// CUDAProblem is nil when a CUDA device can be used, and otherwise says what is missing. libtorch_cuda.so is found beside
// libtorch_cpu.so when the process first uses LibTorch; it is never linked, so one binary serves machines with and without it.
func CUDAProblem() error { return findCUDA().problem }

// CUDACount is the number of CUDA devices that the driver shows, if they can be used.
func CUDACount() int { return findCUDA().count }

// Unused says why "auto" takes the CPU on a machine that has a GPU; nil where it takes the GPU, or there is none.
func Unused() error {
	found := findCUDA()
	if found.broken {
		return CUDAProblem()
	}
	var faults []error
	for n := range found.count {
		err := CUDA(n).usable()
		if err == nil {
			return nil
		}
		faults = append(faults, err)
	}
	return errors.Join(faults...)
}

// oldest is the lowest capability that LibTorch has kernels for, in tenths: CUDA 13 begins with Turing.
const oldest = 75

// usable says what is wrong with a device that the driver shows.
func (d Device) usable() error {
	card, err := d.Card()
	if err != nil {
		return err
	}
	if card.Capability() < oldest {
		return fmt.Errorf("the card is too old: %s has the capability %d.%d, LibTorch's kernels need %d.%d or more", card.Name, card.Major, card.Minor,
			oldest/10, oldest%10)
	}
	return nil
}

// Card is what the driver says of a CUDA device.
type Card struct {
	Name         string
	Major, Minor int // capability
}

// Capability is the capability in tenths: 90 for 9.0.
func (c Card) Capability() int { return 10*c.Major + c.Minor }

// Card asks the driver for a device's name and capability. It takes no memory of the device.
func (d Device) Card() (card Card, err error) {
	err = Run(func() error {
		var name [256]C.char
		var major, minor C.int
		check("card", C.gb_cuda_card(C.int(d.Index()), &name[0], 256, &major, &minor))
		card = Card{C.GoString(&name[0]), int(major), int(minor)}
		return nil
	})
	return card, err
}

// GPU describes one CUDA device. Memory is in bytes.
type GPU struct {
	Card

	Total, Free         int64
	Allocated, Reserved int64 // by this process: in tensors, and taken from the driver
	Peak                int64 // most ever in tensors since [Device.ResetPeak]
}

// Describe asks the driver and LibTorch's allocator about a CUDA device.
func (d Device) Describe() (gpu GPU, err error) {
	card, err := d.Card()
	if err != nil {
		return GPU{}, err
	}
	err = Run(func() error {
		var total, free, allocated, reserved, peak C.int64_t
		check("describe", C.gb_cuda_memory(C.int(d.Index()), &total, &free, &allocated, &reserved, &peak))
		gpu = GPU{card, int64(total), int64(free), int64(allocated), int64(reserved), int64(peak)}
		return nil
	})
	return gpu, err
}

// ResetPeak makes [GPU.Peak] begin anew. On the CPU it does nothing.
func (d Device) ResetPeak() error {
	if !d.IsCUDA() {
		return nil
	}
	return ask("reset peak", func() C.gb_error { return C.gb_cuda_reset_peak(C.int(d.Index())) })
}

// EmptyCache gives back what is kept of freed memory: to the driver of a GPU, or to the system.
func (d Device) EmptyCache() error {
	return ask("empty cache", func() C.gb_error {
		if d.IsCUDA() {
			return C.gb_cuda_empty_cache()
		}
		C.gb_empty_cache()
		return nil
	})
}

// Synchronize waits until the device has done everything asked of it. On the CPU it does nothing.
func (d Device) Synchronize() error {
	return ask("synchronize", func() C.gb_error { return C.gb_synchronize(C.int(d.Index())) })
}
