package torch

import (
	"os"
	"strconv"
	"testing"
	"time"
)

// BenchmarkOperator is the cost of one small operator, to be set beside Python's by scripts/figures.py.
func BenchmarkOperator(b *testing.B) {
	for _, op := range []struct {
		name string
		run  func(p *Pass, x, y *Tensor) *Tensor
	}{
		{"add", (*Pass).Add},
		{"matmul", (*Pass).Matmul},
	} {
		b.Run(op.name, func(b *testing.B) {
			do(b, Mode{}, func(p *Pass) {
				x, y := p.Adopt(NewZeros(Float32, CPU, 4, 4)), p.Adopt(NewZeros(Float32, CPU, 4, 4))
				mark := p.Mark()
				b.ReportAllocs()
				start := cpuSeconds(b)
				for i := 0; b.Loop(); i++ {
					op.run(p, x, y)
					if i%256 == 255 {
						p.Release(mark)
					}
				}
				b.ReportMetric((cpuSeconds(b)-start)/float64(b.N)*1e9, "cpu-ns/op")
			})
		})
	}
}

// BenchmarkCeiling is what the device reaches at best, for scripts/gpu-day.sh: a copy within its memory, in bytes read and
// written, and square products of random numbers. $BENCH_SIZE is the width of the matrices.
func BenchmarkCeiling(b *testing.B) {
	d := device(b)
	size := int64(8192)
	if text := os.Getenv("BENCH_SIZE"); text != "" {
		var err error
		if size, err = strconv.ParseInt(text, 10, 64); err != nil {
			b.Fatal(err)
		}
	}
	for _, c := range []struct {
		name string
		unit string
		work float64 // of one operator, in units
		in   DType
		tf32 bool
		run  func(p *Pass, x *Tensor)
	}{
		{"copy", "TB/s", 2 * 4 * float64(size*size) / 1e12, Float32, false, func(p *Pass, x *Tensor) { p.Scale(x, 1) }},
		{"bf16", "TFLOP/s", 2 * float64(size*size*size) / 1e12, BFloat16, false, func(p *Pass, x *Tensor) { p.Matmul(x, x) }},
		{"tf32", "TFLOP/s", 2 * float64(size*size*size) / 1e12, Float32, true, func(p *Pass, x *Tensor) { p.Matmul(x, x) }},
		{"fp32", "TFLOP/s", 2 * float64(size*size*size) / 1e12, Float32, false, func(p *Pass, x *Tensor) { p.Matmul(x, x) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			if err := SetTF32(c.tf32); err != nil {
				b.Fatal(err)
			}
			do(b, Mode{Device: d}, func(p *Pass) {
				drawn := p.Adopt(NewEmpty(Float32, d, size, size))
				drawn.FillNormal(1, 1)
				x := p.Cast(drawn, c.in)
				wait := func() time.Time {
					if err := d.Synchronize(); err != nil {
						b.Fatal(err)
					}
					return time.Now()
				}
				mark := p.Mark()
				c.run(p, x)
				p.Release(mark)
				began := wait()
				for b.Loop() {
					c.run(p, x)
					p.Release(mark)
				}
				b.ReportMetric(c.work*float64(b.N)/wait().Sub(began).Seconds(), c.unit)
			})
		})
	}
	if err := SetTF32(false); err != nil {
		b.Fatal(err)
	}
}
