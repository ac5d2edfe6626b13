package torch

import (
	"fmt"
	"testing"
)

// BenchmarkInt8Linear is a product of each size of MiniLM and of BERT-base, beside the same in fp32 by oneDNN's order: for a lone short
// text, and for a batch.
func BenchmarkInt8Linear(b *testing.B) {
	for _, rows := range []int64{1, 32, 8 * 128} {
		for _, size := range []struct{ in, out int64 }{{384, 384}, {384, 1536}, {1536, 384}, {768, 2304}, {768, 3072}, {3072, 768}} {
			name := fmt.Sprintf("%dx%dx%d", rows, size.in, size.out)
			do(b, Mode{}, func(p *Pass) {
				matrix, bias, x := p.Adopt(NewEmpty(Float32, CPU, size.out, size.in)), p.Adopt(NewZeros(Float32, CPU, size.out)), p.Adopt(NewEmpty(Float32, CPU, rows, size.in))
				matrix.FillNormal(1, 1)
				x.FillNormal(1, 2)
				exact := Weight{Matrix: matrix, Compute: matrix, Bias: bias, ComputeBias: bias}
				if Reorderable(Float32) {
					exact.Reordered = Reorder(exact)
					defer exact.Reordered.Free()
				}
				q := p.Adopt(Quantize(matrix))
				for _, c := range []struct {
					name   string
					weight Weight
				}{{"fp32", exact}, {"int8", Weight{Matrix: q, Compute: q, Bias: bias}}} {
					b.Run(name+"/"+c.name, func(b *testing.B) {
						mark := p.Mark()
						for b.Loop() {
							p.Linear(x, c.weight)
							p.Release(mark)
						}
						b.ReportMetric(float64(2*rows*size.in*size.out*int64(b.N))/b.Elapsed().Seconds()/1e9, "GOP/s")
					})
				}
			})
		}
	}
}
