package torch

import "testing"

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
