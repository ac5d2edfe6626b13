package torch

import (
	"fmt"
	"strconv"
	"strings"
)

// Device is where a tensor lives. The zero value is the CPU; CUDA devices are made by [CUDA].
type Device struct{ cuda int } // 0 is the CPU, n+1 is CUDA device n

// CPU is the host.
var CPU = Device{}

// CUDA is the n-th CUDA device.
func CUDA(n int) Device { return Device{cuda: n + 1} }

// IsCUDA says whether the device is a GPU.
func (d Device) IsCUDA() bool { return d.cuda > 0 }

// Index is the number of a CUDA device, -1 for the CPU.
func (d Device) Index() int { return d.cuda - 1 }

// String writes the device as PyTorch does: "cpu" or "cuda:0".
func (d Device) String() string {
	if d.IsCUDA() {
		return "cuda:" + strconv.Itoa(d.Index())
	}
	return "cpu"
}

// DeviceError says that a device, whose name is right, cannot be used on this machine.
type DeviceError struct {
	Name string
	Why  error
}

// Error names the device and the reason.
func (e *DeviceError) Error() string { return fmt.Sprintf("device %q: %v", e.Name, e.Why) }

// Unwrap gives the reason.
func (e *DeviceError) Unwrap() error { return e.Why }

// ParseDevice reads "auto", "cpu", "cuda" or "cuda:N". Auto takes the first CUDA device that can be used, if there is one.
// Asking for CUDA where it cannot be used is a [DeviceError] that says what is missing: driver, library or device.
func ParseDevice(name string) (Device, error) {
	switch {
	case name == "cpu":
		return CPU, nil
	case name == "auto":
		for n := range CUDACount() {
			if CUDA(n).usable() == nil {
				return CUDA(n), nil
			}
		}
		return CPU, nil
	case name == "cuda" || strings.HasPrefix(name, "cuda:"):
		n := 0
		if _, number, found := strings.Cut(name, ":"); found {
			var err error
			if n, err = strconv.Atoi(number); err != nil || n < 0 {
				return CPU, fmt.Errorf("device %q: expected cuda:N with N from 0", name)
			}
		}
		if err := CUDAProblem(); err != nil {
			return CPU, &DeviceError{name, err}
		}
		if count := CUDACount(); n >= count {
			return CPU, &DeviceError{name, fmt.Errorf("this machine has %d CUDA device(s), numbered from 0", count)}
		}
		if err := CUDA(n).usable(); err != nil {
			return CPU, &DeviceError{name, err}
		}
		return CUDA(n), nil
	}
	return CPU, fmt.Errorf("unknown device %q: expected auto, cpu, cuda or cuda:N", name)
}
