package torch

import (
	"math"
	"runtime"
	"strings"
	"testing"
)

func TestClipNormScalesAllByOneFactor(t *testing.T) {
	do(t, Mode{}, func(p *Pass) {
		a, b := From(p, []float32{3, 0}, 2), From(p, []float32{4}, 1)
		if norm := ClipNorm([]*Tensor{a, b}, 10); norm != 5 || Values[float32](b)[0] != 4 {
			t.Errorf("norm %v; below the limit nothing may change: %v", norm, Values[float32](b))
		}
		ClipNorm([]*Tensor{a, b}, 1)
		if x, y := Values[float32](a)[0], Values[float32](b)[0]; math.Abs(float64(x)-0.6) > 1e-6 || math.Abs(float64(y)-0.8) > 1e-6 {
			t.Errorf("clipped to %v and %v, want 0.6 and 0.8", x, y)
		}
	})
}

// TestAttentionEqualsLibTorchs sets packed attention beside LibTorch's own over padded sequences, with a mask and without.
func TestAttentionEqualsLibTorchs(t *testing.T) {
	const heads, width, longest = 2, 8, 5
	lengths := []int{5, 2}
	do(t, Mode{}, func(p *Pass) {
		qkv := p.Adopt(NewEmpty(Float32, CPU, 7, 3*width))
		qkv.FillTruncatedNormal(1, 3)
		got := Values[float32](p.Attention(qkv, NewOffsets(p, []int32{0, 5, 7}), longest, heads, 0))
		first := int64(0)
		for _, n := range lengths {
			rows := p.Transpose(p.Reshape(p.Contiguous(p.Narrow(qkv, 0, first, int64(n))), 1, int64(n), 3*heads, width/heads), 1, 2) // [1,3A,T,D]
			part := func(i int64) *Tensor { return p.Narrow(rows, 1, i*heads, heads) }
			all := make([]bool, n*n)
			for i := range all {
				all[i] = true
			}
			for _, mask := range []*Tensor{nil, From(p, all, 1, 1, int64(n), int64(n))} {
				want := Values[float32](p.Contiguous(p.Transpose(p.ScaledDotProduct(part(0), part(1), part(2), mask, 0), 1, 2)))
				for i, w := range want {
					if g := got[int(first)*width+i]; math.Abs(float64(g-w)) > 1e-6 {
						t.Fatalf("row %d, element %d: %v, want %v", first, i, g, w)
					}
				}
			}
			first += int64(n)
		}
	})
}

func TestProcessSettings(t *testing.T) {
	for name, set := range map[string]func(bool) error{"deterministic": SetDeterministic, "tf32": SetTF32} {
		for _, on := range []bool{true, false} {
			if err := set(on); err != nil {
				t.Errorf("%s %v: %v", name, on, err)
			}
		}
	}
	if err := SetThreads(0); err == nil {
		t.Error("0 threads were accepted")
	}
	before := Threads()
	if err := SetThreads(1); err != nil || Threads() != 1 {
		t.Errorf("threads %d: %v", Threads(), err)
	}
	if err := SetThreads(before); err != nil {
		t.Error(err)
	}
}

func TestCUDAThatIsNotThereIsExplained(t *testing.T) {
	if CUDAProblem() == nil {
		t.Skip("this machine has CUDA")
	}
	for _, name := range []string{"cuda", "cuda:3"} {
		_, err := ParseDevice(name)
		if err == nil || !strings.Contains(err.Error(), "CUDA cannot be used: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if d, err := ParseDevice("auto"); err != nil || d != CPU {
		t.Errorf("auto is %v: %v", d, err)
	}
}

func TestMoreThreadsThanCoresAreTold(t *testing.T) {
	if text := Crowded(runtime.NumCPU()); text != "" {
		t.Errorf("a thread for each core: %q", text)
	}
	if text := Crowded(runtime.NumCPU() + 1); !strings.Contains(text, "fewer are faster") {
		t.Errorf("one thread more: %q", text)
	}
}
