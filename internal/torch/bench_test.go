package torch

import "testing"

// BenchmarkOperator is the cost of one small operator, to be set beside scripts/bench_operator.py.
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
				for i := 0; b.Loop(); i++ {
					op.run(p, x, y)
					if i%256 == 255 {
						p.Release(mark)
					}
				}
			})
		})
	}
}
