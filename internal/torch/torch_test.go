package torch

import (
	"errors"
	"math"
	"runtime"
	"strings"
	"testing"
)

// do runs f in a pass and fails the test on an error.
func do(t testing.TB, mode Mode, f func(p *Pass)) {
	t.Helper()
	if err := Do(mode, func(p *Pass) error { f(p); return nil }); err != nil {
		t.Fatal(err)
	}
}

func TestMatmulAgainstKnownAnswer(t *testing.T) {
	do(t, Mode{}, func(p *Pass) {
		a := From(p, []float32{1, 2, 3, 4, 5, 6}, 2, 3)
		b := From(p, []float32{7, 8, 9, 10, 11, 12}, 3, 2)
		got := Values[float32](p.Matmul(a, b))
		for i, want := range []float32{58, 64, 139, 154} {
			if got[i] != want {
				t.Fatalf("product %v, want 58 64 139 154", got)
			}
		}
	})
}

func TestBackwardAgainstKnownAnswer(t *testing.T) {
	do(t, Mode{Grad: true}, func(p *Pass) {
		storage := p.Adopt(NewFrom([]float32{0, 0, 3}, CPU, 3))
		x := p.Adopt(Leaf(storage, 2, true, 1))
		p.Backward(p.Sum(p.Mul(x, p.Mul(x, x)), Float32), nil)
		grad := p.Adopt(x.Grad())
		if got := Values[float32](grad)[0]; got != 27 {
			t.Fatalf("d(x^3)/dx at 3 is %v, want 27", got)
		}
	})
}

func TestGradientAccumulatesInGivenStorage(t *testing.T) {
	do(t, Mode{Grad: true}, func(p *Pass) {
		x := p.Adopt(Leaf(p.Adopt(NewFrom([]float32{1, 2}, CPU, 2)), 0, true, 2))
		grad := p.Adopt(NewZeros(Float32, CPU, 2))
		x.SetGrad(grad)
		for range 2 {
			p.Backward(p.Sum(p.Mul(x, x), Float32), nil)
		}
		if got := Values[float32](grad); got[0] != 4 || got[1] != 8 {
			t.Fatalf("two backward passes gave %v, want 4 8", got)
		}
	})
}

func TestErrorsNameOperatorAndShapes(t *testing.T) {
	err := Do(Mode{}, func(p *Pass) error {
		p.Matmul(From(p, []float32{1, 2}, 1, 2), From(p, []float32{1, 2, 3}, 3, 1))
		return nil
	})
	var fault *Error
	if !errors.As(err, &fault) {
		t.Fatalf("got %v, want a *torch.Error", err)
	}
	if fault.Op != "matmul" || strings.Join(fault.Shapes, " ") != "float32[1 2] float32[3 1]" || fault.Message == "" {
		t.Fatalf("fault %+v", fault)
	}
	if strings.Contains(err.Error(), "frame #") || strings.Contains(err.Error(), "Exception raised") {
		t.Fatalf("the C++ stack leaks into %q", err)
	}
}

func TestMisuseIsDetected(t *testing.T) {
	var escaped *Tensor
	var closed *Pass
	do(t, Mode{}, func(p *Pass) { escaped, closed = From(p, []float32{1}, 1), p })
	cases := map[string]func(p *Pass){
		"a tensor of a closed pass":    func(p *Pass) { p.Tanh(escaped) },
		"a closed pass":                func(p *Pass) { closed.Tanh(From(p, []float32{1}, 1)) },
		"a freed tensor":               func(p *Pass) { x := NewZeros(Float32, CPU, 1); x.Free(); p.Tanh(x) },
		"a slice of the wrong length":  func(p *Pass) { From(p, []float32{1, 2}, 3) },
		"passes closed in wrong order": func(p *Pass) { Begin(Mode{}); p.Close() },
	}
	for name, misuse := range cases {
		t.Run(name, func(t *testing.T) {
			err := Do(Mode{}, func(p *Pass) error {
				defer func() {
					for current != p {
						current.Close()
					}
				}()
				misuse(p)
				return nil
			})
			var fault *Error
			if !errors.As(err, &fault) {
				t.Fatalf("got %v, want a *torch.Error", err)
			}
		})
	}
	t.Run("outside the thread", func(t *testing.T) {
		var err error
		func() {
			defer Catch(&err)
			Begin(Mode{})
		}()
		if err == nil || !strings.Contains(err.Error(), "LibTorch thread") {
			t.Fatalf("got %v", err)
		}
	})
}

func TestPassRestoresGradMode(t *testing.T) {
	do(t, Mode{Grad: true}, func(p *Pass) {
		x := p.Adopt(Leaf(p.Adopt(NewFrom([]float32{1}, CPU, 1)), 0, true, 1))
		func() {
			defer func() { recover() }()
			inner := Begin(Mode{})
			defer inner.Close()
			if records(inner, x) {
				t.Error("an inner pass without gradients records")
			}
			panic("anything")
		}()
		if !records(p, x) {
			t.Error("the outer pass no longer records")
		}
	})
}

// records says whether a gradient finds its way back to x.
func records(p *Pass, x *Tensor) bool {
	var err error
	func() {
		defer Catch(&err)
		p.Backward(p.Tanh(x), nil)
	}()
	return err == nil
}

func TestForeignPanicsComeBackToTheCaller(t *testing.T) {
	defer func() {
		if fault := recover(); fault != "boom" {
			t.Fatalf("recovered %v", fault)
		}
		do(t, Mode{}, func(p *Pass) { From(p, []float32{1}, 1) }) // the thread is alive
	}()
	_ = Run(func() error { panic("boom") })
}

func TestAGoroutineThatEndsInAPassDoesNotStopTheOthers(t *testing.T) {
	done := make(chan bool)
	go func() {
		defer close(done)
		_ = Do(Mode{}, func(p *Pass) error { From(p, []float32{1}, 1); runtime.Goexit(); return nil })
		t.Error("the goroutine went on")
	}()
	<-done
	do(t, Mode{}, func(p *Pass) {
		if p.parent != nil {
			t.Error("the pass of the ended goroutine is still open")
		}
		From(p, []float32{1}, 1)
	})
}

func TestKeepOutlivesThePass(t *testing.T) {
	var kept *Tensor
	do(t, Mode{}, func(p *Pass) { kept = p.Keep(p.Scale(From(p, []float32{1, 2}, 2), 3)) })
	defer kept.Free()
	do(t, Mode{}, func(*Pass) {
		if got := Values[float32](kept); got[0] != 3 || got[1] != 6 {
			t.Fatalf("kept tensor reads %v", got)
		}
	})
}

func TestHostCopies(t *testing.T) {
	do(t, Mode{}, func(p *Pass) {
		if got := Values[int64](From(p, []int32{-1, 7}, 2)); got[0] != -1 || got[1] != 7 {
			t.Errorf("int32 to int64: %v", got)
		}
		if got := Values[bool](From(p, []bool{true, false}, 2)); !got[0] || got[1] {
			t.Errorf("bool: %v", got)
		}
		bf16 := p.Cast(From(p, []float32{1.0 / 3}, 1), BFloat16)
		if raw := bf16.Bytes(); raw[0] != 0xab || raw[1] != 0x3e {
			t.Errorf("1/3 in bfloat16 is %x, want 3eab", raw)
		}
		if got := Values[float32](bf16)[0]; math.Abs(float64(got)-1.0/3) > 1e-3 {
			t.Errorf("bfloat16 to float32: %v", got)
		}
		over := p.Adopt(NewOver([]byte{0, 0, 128, 63, 0, 0, 0, 64}, Float32, 2))
		if got := Values[float32](over); got[0] != 1 || got[1] != 2 {
			t.Errorf("tensor over memory: %v", got)
		}
		if scalar := p.Sum(over, Float32); scalar.Item() != 3 || len(scalar.Shape()) != 0 {
			t.Errorf("sum %v of shape %v", scalar.Item(), scalar.Shape())
		}
	})
}

func ones(n int64) *Tensor {
	t := NewEmpty(Float32, CPU, n)
	t.Fill(1)
	return t
}

func TestNormalDistributions(t *testing.T) {
	do(t, Mode{}, func(p *Pass) {
		x := p.Adopt(NewEmpty(Float32, CPU, 1<<20))
		for _, test := range []struct {
			name        string
			fill        func(std float64, seed uint64)
			kept        float64 // of the variance
			least, most float64 // the largest draw, in deviations
		}{
			{"whole", x.FillNormal, 1, 4, 7},
			{"cut at two deviations", x.FillTruncatedNormal, 0.7737413, 1.99, 2 + 5e-7},
		} {
			test.fill(0.02, 1)
			var sum, squares, widest float64
			for _, v := range Values[float32](x) {
				sum += float64(v)
				squares += float64(v) * float64(v)
				widest = max(widest, math.Abs(float64(v)))
			}
			n := float64(1 << 20)
			std := math.Sqrt(squares / n)
			if math.Abs(sum/n) > 1e-4 || math.Abs(std/0.02-math.Sqrt(test.kept)) > 2e-3 || widest < 0.02*test.least || widest > 0.02*test.most {
				t.Errorf("%s: mean %v, std %v, widest %v", test.name, sum/n, std, widest)
			}
		}
	})
}
