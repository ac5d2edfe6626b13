package torch

import (
	"math"
	"testing"

	"gobert/internal/testkit"
)

// TestAttentionEqualsItsDefinition sets packed attention beside softmax(q k^T / sqrt(D)) v of each sequence and head, written out.
func TestAttentionEqualsItsDefinition(t *testing.T) {
	const heads, head = 2, 4
	const width = heads * head
	offsets := []int32{0, 5, 7}
	do(t, Mode{}, func(p *Pass) {
		qkv := p.Adopt(NewEmpty(Float32, CPU, 7, 3*width))
		qkv.FillTruncatedNormal(1, 3)
		x := Values[float32](qkv)
		at := func(row int32, part, h, i int) float64 { return float64(x[int(row)*3*width+part*width+h*head+i]) }
		want := make([]float32, 7*width)
		for s := range len(offsets) - 1 {
			for row := offsets[s]; row < offsets[s+1]; row++ {
				for h := range heads {
					var total float64
					var sums [head]float64
					for other := offsets[s]; other < offsets[s+1]; other++ {
						var score float64
						for i := range head {
							score += at(row, 0, h, i) * at(other, 1, h, i)
						}
						weight := math.Exp(score / math.Sqrt(head))
						total += weight
						for i := range head {
							sums[i] += weight * at(other, 2, h, i)
						}
					}
					for i := range head {
						want[int(row)*width+h*head+i] = float32(sums[i] / total)
					}
				}
			}
		}
		testkit.Compare(t, "attention", Values[float32](p.Attention(qkv, p.Sequences(offsets), heads, 0)), want, 1e-6)
		y, weights := p.AttentionWithWeights(qkv, p.Sequences(offsets), heads, 0)
		testkit.Compare(t, "attention with weights", Values[float32](y), want, 1e-6)
		if len(weights) != 2 || weights[1].Numel() != heads*2*2 {
			t.Errorf("%d weights", len(weights))
		}
	})
}
