package torch

import (
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"gobert/internal/testkit"
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
	for _, machine := range []standin.Machine{{}, {Shuffle: 1}} {
		t.Run(machine.String(), func(t *testing.T) {
			standin.Run(t, machine, "TestDeviceComputes", "TestRecordedStepsAreTheSame", "TestWhatCannotBeRecordedRunsAsItIs",
				"TestWhatIsHandedOverTravelsTogether", "TestUnreadUploadIsForgotten",
				"TestMemoryOfTheDeviceIsCounted", "TestMasksAreTheCPUs", "TestCopiesOfAnotherStream",
				"TestAttentionOfTheDeviceIsTheCPUs", "TestTF32RoundsFactors", "TestErrorsNameOperatorAndShapes")
		})
	}
}

// TestLateOnCUDA: what the stand-in is for.
func TestLateOnCUDA(t *testing.T) {
	standin.Run(t, standin.Machine{}, "TestMistakesShow")
	standin.Run(t, standin.Machine{}, "TestErrorsComeLate")
}

// TestAttentionOnEveryCard: each kind of attention that cards have gives the CPU's numbers.
func TestAttentionOnEveryCard(t *testing.T) {
	for _, capability := range []string{"7.5", "8.0", "8.6", "12.0"} {
		t.Run(capability, func(t *testing.T) {
			standin.Run(t, standin.Machine{Capability: capability}, "TestAttentionOfTheDeviceIsTheCPUs")
		})
	}
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
		{standin.Machine{Blind: true}, "cuda", "CUDA's runtime sees none of them", true},
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

// TestAttentionPath: the kernels that cards have, and none that they lack.
func TestAttentionPath(t *testing.T) {
	for _, c := range []struct {
		capability int
		dtype      DType
		head       int
		want       string
	}{
		{75, Float32, 64, "memory-efficient"},
		{75, Float16, 64, "memory-efficient"},
		{75, BFloat16, 64, "memory-efficient in fp32"},
		{80, BFloat16, 64, "flash"},
		{86, Float16, 26, "flash"},
		{86, Float16, 256, "memory-efficient"},
		{90, Float32, 64, "memory-efficient"},
		{90, BFloat16, 64, "flash"},
		{100, BFloat16, 64, "flash"},
		{120, Float16, 64, "flash"},
	} {
		card := Card{Major: c.capability / 10, Minor: c.capability % 10}
		if got := card.AttentionPath(c.dtype, c.head); got != c.want {
			t.Errorf("capability %d, %v, heads of %d: %s, want %s", c.capability, c.dtype, c.head, got, c.want)
		}
	}
}

// TestMasksAreTheCPUs: dropout of hidden states drops the same elements on every device, and gives them the same numbers.
func TestMasksAreTheCPUs(t *testing.T) {
	d := device(t)
	for _, c := range []struct {
		mode Mode
		rows int64
		cols int64
		rate float64
	}{
		{Mode{Seed: 1, Step: 3}, 5, 1, 0.1},
		{Mode{Seed: 1 << 40, Step: 1 << 30}, 3, 127, 0.5},
		{Mode{Seed: math.MaxUint64, Step: 1 << 43}, 7, 128, 0.1},
		{Mode{Seed: 7}, 4, 129, 0.9},
		{Mode{Seed: 7}, 2, 1024, 1},
	} {
		draw := func(d Device) (values []float32) {
			c.mode.Device = d
			do(t, c.mode, func(p *Pass) {
				x := p.Adopt(NewEmpty(Float32, CPU, c.rows, c.cols))
				x.FillNormal(1, 5)
				values = Values[float32](p.CounterDropout(p.Adopt(x.To(Float32, d)), c.rate))
			})
			return values
		}
		want := draw(CPU)
		for i, got := range draw(d) {
			if got != want[i] {
				t.Fatalf("%+v: element %d is %v, on the CPU %v", c, i, got, want[i])
			}
		}
	}
}

// TestAttentionOfTheDeviceIsTheCPUs compares outputs and gradients over sequences of several lengths, also where heads have a
// width that no kernel takes as it is.
func TestAttentionOfTheDeviceIsTheCPUs(t *testing.T) {
	const heads = 2
	offsets := []int32{0, 5, 6, 13}
	for dtype, allowed := range map[DType]float64{Float32: 2e-6, BFloat16: 0.03, Float16: 4e-3} {
		for _, head := range []int64{8, 26, 64, 200} {
			t.Run(fmt.Sprintf("%v/%d", dtype, head), func(t *testing.T) {
				attend := func(d Device, dtype DType) (out, grad []float32) {
					do(t, Mode{Device: d, Grad: true}, func(p *Pass) {
						storage := p.Adopt(NewEmpty(Float32, CPU, 13*3*heads*head))
						storage.FillNormal(1, 3)
						qkv := p.Adopt(Leaf(p.Adopt(storage.To(Float32, d)), 0, true, 13, 3*heads*head))
						y := p.Attention(p.Cast(qkv, dtype), p.Sequences(offsets), heads, 0)
						p.Backward(p.Sum(p.Mul(y, y), Float32), nil)
						out, grad = Values[float32](y), Values[float32](p.Adopt(qkv.Grad()))
					})
					return out, grad
				}
				out, grad := attend(device(t), dtype)
				wantOut, wantGrad := attend(CPU, Float32)
				testkit.Compare(t, "output", out, wantOut, allowed)
				testkit.Compare(t, "gradient", grad, wantGrad, 2*allowed)
			})
		}
	}
}

// TestTF32RoundsFactors: products of the GPU take whole fp32 numbers, but for where they are allowed not to.
func TestTF32RoundsFactors(t *testing.T) {
	d := device(t)
	if !d.IsCUDA() {
		t.Skip("for a GPU")
	}
	const x = 1 + 1.0/4096 // 12 bits of mantissa
	product := func() (got float32) {
		do(t, Mode{Device: d}, func(p *Pass) {
			got = Values[float32](p.Matmul(From(p, []float32{x}, 1, 1), From(p, []float32{1}, 1, 1)))[0]
		})
		return got
	}
	if got := product(); got != x {
		t.Errorf("%v times 1 is %v", x, got)
	}
	if err := SetTF32(true); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = SetTF32(false) }()
	if got := product(); got != 1 && got != 1+1.0/1024 {
		t.Errorf("in TF32 %v times 1 is %v", x, got)
	}
}
