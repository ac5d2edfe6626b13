package torch

import (
	"fmt"
	"math"
	"testing"

	"golang.org/x/sys/unix"

	"gobert/internal/testkit"
)

// TestAdamWEqualsPyTorch makes ten steps beside PyTorch's fused kernel: equal bit for bit.
func TestAdamWEqualsPyTorch(t *testing.T) {
	c := testkit.GoldenFile(t, "../..", "golden_adamw", "adamw.safetensors")
	do(t, Mode{}, func(p *Pass) {
		start := c.Values["start"].Floats()
		n := int64(len(start))
		value, copied := From(p, start, n), p.Adopt(NewZeros(BFloat16, CPU, n))
		m, v := p.Adopt(NewZeros(Float32, CPU, n)), p.Adopt(NewZeros(Float32, CPU, n))
		for step := range 10 {
			grad := From(p, c.Values[fmt.Sprint("grad.", step)].Floats(), n)
			AdamW(value, grad, m, v, copied, Step{LearningRate: 1e-2, Beta1: 0.9, Beta2: 0.999, Eps: 1e-6, Decay: 0.01, Number: int64(step + 1), GradientScale: 1})
			if Norm(grad) != 0 {
				t.Error("the gradient was not cleared")
			}
		}
		want, got := c.Values["final"].Floats(), Values[float32](value)
		for i := range want {
			if math.Float32bits(got[i]) != math.Float32bits(want[i]) {
				t.Fatalf("value %d is %v, PyTorch's %v", i, got[i], want[i])
			}
		}
		rounded := Values[float32](p.Cast(value, BFloat16))
		for i, x := range Values[float32](copied) {
			if x != rounded[i] {
				t.Fatalf("the copy holds %v at %d, want %v", x, i, rounded[i])
			}
		}
	})
}

// BenchmarkAdamW updates as many values as BERT-base has, to be set beside torch.optim.AdamW(fused=True).
func BenchmarkAdamW(b *testing.B) {
	const n = 110_106_428
	do(b, Mode{}, func(p *Pass) {
		value, grad := p.Adopt(NewZeros(Float32, CPU, n)), p.Adopt(NewZeros(Float32, CPU, n))
		m, v := p.Adopt(NewZeros(Float32, CPU, n)), p.Adopt(NewZeros(Float32, CPU, n))
		value.Fill(0.02)
		grad.Fill(1e-3)
		number, start := int64(0), cpuSeconds(b)
		for b.Loop() {
			number++
			AdamW(value, grad, m, v, nil, Step{LearningRate: 1e-4, Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, Decay: 0.01, Number: number, GradientScale: 1})
		}
		b.ReportMetric((cpuSeconds(b)-start)/float64(number), "cpu-s/step")
	})
}

// cpuSeconds is the processor time that this process has used.
func cpuSeconds(b *testing.B) float64 {
	var usage unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
}
