package torch

import (
	"math"
	"testing"

	"gobert/internal/torch/cuda/host"
)

// residualSums is what the two products read that add the gradient of what is both read and added back, in bytes for each element of
// a token's width in bfloat16.
const residualSums = 2 * 2

// TestTrafficOfAnUpdate counts what an update moves for each parameter in bfloat16: the gradient twice, value and moments to and
// fro, the copy and the cleared gradient; LAMB has its direction in between.
func TestTrafficOfAnUpdate(t *testing.T) {
	if device(t).IsCUDA() {
		t.Skip("counted on the host")
	}
	const n, slack = 1 << 17, 0.1 // sums of blocks and tables of tiles
	for lamb, want := range map[bool]float64{false: 4 + 4*4 + 4*4 + 2, true: 4 + 4*4 + 3*4 + 2*4 + 2*4 + 2} {
		defer host.Serve(false)()
		do(t, Mode{}, func(p *Pass) {
			zeros := func(dtype DType, shape ...int64) *Tensor { return p.Adopt(NewZeros(dtype, CPU, shape...)) }
			f := Flat{
				Value: zeros(Float32, n), Grad: zeros(Float32, n), M: zeros(Float32, n), V: zeros(Float32, n), Shadow: zeros(BFloat16, n),
				State: zeros(Float64, StepNumbers), Root: zeros(Float32),
			}
			f.Grad.Fill(1)
			p.Adopt(f.State.View(StepScale, 1)).Fill(1)
			u := NewUpdater(f, Rule{LAMB: lamb, Beta1: 0.9, Beta2: 0.999, Eps: 1e-6, Clip: 1, Share: 1}, []Part{{Count: n, Rate: 1, Decay: 0.01, Adapt: true}})
			defer u.Free()
			rate := From(p, []float64{1e-3})
			read, written := host.Traffic(func() { u.Step(rate, nil) })
			if got := float64(read+written) / n; math.Abs(got-want) > slack {
				t.Errorf("lamb %t: %.2f bytes a parameter, want %v", lamb, got, want)
			}
		})
	}
}

// mostTraffic is the bound. LibTorch's operators move about 230.
const mostTraffic = 92

// TestTrafficBetweenProducts counts what the kernels of a layer's forward and backward pass move to and from memory, dropout and
// all, each sector of memory once a launch.
func TestTrafficBetweenProducts(t *testing.T) {
	if device(t).IsCUDA() {
		t.Skip("counted on the host")
	}
	const rows, width, inner, heads, length = 16384, 128, 4 * 128, 2, 128
	var offsets []int32
	for at := int32(0); at <= rows; at += length {
		offsets = append(offsets, at)
	}
	defer host.Serve(false)()
	read, written := host.Traffic(func() {
		do(t, Mode{Grad: true, Train: true, Compute: BFloat16, Seed: 1}, func(p *Pass) {
			master := func(level float64, shape ...int64) *Tensor { return param(p, 1, level, true, shape...) }
			weight := func(out, in int64) Weight { return weightOf(p, master(0, out, in), master(0, out)) }
			norm := LayerNorm{master(1, width), master(0, width), 1e-12}
			x := p.Cast(param(p, 2, 0, false, rows, width), BFloat16)
			y, x := p.LinearAttention(x, []Weight{weight(3*width, width)}, p.Sequences(offsets), heads, 0)
			y = p.LinearAddNorm(y, weight(width, width), x, norm, 0.1)
			z, y := p.LinearActivation(y, weight(inner, width), "gelu")
			z = p.LinearAddNorm(z, weight(width, inner), y, norm, 0.1)
			weigh(p, z)
		})
	})
	const elements = rows * width
	all := float64(read+written)/elements + residualSums
	t.Logf("%.1f bytes for each element of a token's width: %.1f read and %.1f written by the kernels, %d read by products that add to a residual's gradient", all,
		float64(read)/elements, float64(written)/elements, residualSums)
	if all > mostTraffic || all < mostTraffic/2 {
		t.Errorf("%.1f bytes for each element: at most %d, and half of that for what cannot be left out", all, mostTraffic)
	}
}
