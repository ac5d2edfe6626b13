package torch

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"gobert/internal/torch/standin"
)

// device is where the tests run: the CPU, or what GOBERT_TEST_DEVICE names.
func device(t testing.TB) Device {
	t.Helper()
	d, err := ParseDevice(standin.Device())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestOnCUDA(t *testing.T) {
	standin.Run(t, standin.Machine{}, "TestDeviceComputes", "TestMemoryOfTheDeviceIsCounted", "TestErrorsNameOperatorAndShapes")
}

// TestDeviceComputes: a gradient on the device, and the copies to and from it.
func TestDeviceComputes(t *testing.T) {
	d := device(t)
	do(t, Mode{Grad: true, Device: d}, func(p *Pass) {
		x := p.Adopt(Leaf(From(p, []float32{0, 1, 2, 3}, 4), 1, true, 3))
		p.Backward(p.Sum(p.Mul(x, p.Mul(x, x)), Float32), nil)
		grad := p.Adopt(x.Grad())
		if grad.Device() != d {
			t.Errorf("the gradient lies on %v", grad.Device())
		}
		for i, want := range []float32{3, 12, 27} {
			if got := Values[float32](grad)[i]; got != want {
				t.Errorf("d(x^3)/dx at %d is %v, want %v", i+1, got, want)
			}
		}
	})
}

// TestMemoryOfTheDeviceIsCounted: what a tensor takes is told while it lives, and the peak begins anew when asked.
func TestMemoryOfTheDeviceIsCounted(t *testing.T) {
	d := device(t)
	if !d.IsCUDA() {
		t.Skip("for a GPU")
	}
	describe := func() GPU {
		gpu, err := d.Describe()
		if err != nil {
			t.Fatal(err)
		}
		return gpu
	}
	const size = 1 << 20
	before := describe()
	do(t, Mode{Device: d}, func(p *Pass) {
		p.Adopt(NewZeros(Float32, d, size))
		if grown := describe().Allocated - before.Allocated; grown != 4*size {
			t.Errorf("a tensor of %d bytes takes %d", 4*size, grown)
		}
	})
	after := describe()
	if after.Allocated != before.Allocated || after.Peak < before.Allocated+4*size {
		t.Errorf("before %+v, after %+v", before, after)
	}
	if err := d.ResetPeak(); err != nil {
		t.Fatal(err)
	}
	if now := describe(); now.Peak != now.Allocated {
		t.Errorf("after the reset the peak is %d, with %d in tensors", now.Peak, now.Allocated)
	}
}

// TestWhatIsWrongWithCUDAIsSaid: each fault of a machine is one message, and auto takes the CPU and knows why.
func TestWhatIsWrongWithCUDAIsSaid(t *testing.T) {
	for _, c := range []struct {
		machine standin.Machine
		device  string
		want    string
		unused  bool // there is a GPU, and auto does not take it
	}{
		{standin.Machine{Init: 100}, "cuda", "shows no device", false},
		{standin.Machine{Init: 3}, "cuda", "refuses to start: cuInit gave 3", true},
		{standin.Machine{NoCUDA: true}, "cuda", "LibTorch is the one for CPUs alone", true},
		{standin.Machine{Driver: 12040}, "cuda", "too old: it serves CUDA 12.4, this LibTorch needs 13.0", true},
		{standin.Machine{Capability: "6.1"}, "cuda", "capability 6.1, LibTorch's kernels need 7.5", true},
		{standin.Machine{Devices: 2}, "cuda:7", "2 CUDA device(s), numbered from 0", false},
	} {
		t.Run(c.want, func(t *testing.T) {
			t.Setenv(askedVariable, c.device)
			t.Setenv(wantVariable, c.want)
			t.Setenv(unusedVariable, fmt.Sprint(c.unused))
			standin.Run(t, c.machine, "TestDeviceIsRefused")
		})
	}
}

// What [TestDeviceIsRefused] is to see.
const askedVariable, wantVariable, unusedVariable = "GOBERT_TEST_ASKED", "GOBERT_TEST_WANT", "GOBERT_TEST_UNUSED"

func TestDeviceIsRefused(t *testing.T) {
	asked, want := os.Getenv(askedVariable), os.Getenv(wantVariable)
	if asked == "" {
		t.Skip("run by TestWhatIsWrongWithCUDAIsSaid")
	}
	var refused *DeviceError
	if _, err := ParseDevice(asked); !errors.As(err, &refused) || !strings.Contains(err.Error(), want) {
		t.Errorf("device %s: %v, want: %s", asked, err, want)
	}
	d, err := ParseDevice("auto")
	if err != nil || d.IsCUDA() && asked == "cuda" {
		t.Errorf("auto gives %v, %v", d, err)
	}
	if why := Unused(); fmt.Sprint(why != nil) != os.Getenv(unusedVariable) || why != nil && !strings.Contains(why.Error(), want) {
		t.Errorf("auto takes %v because of %v", d, why)
	}
}
