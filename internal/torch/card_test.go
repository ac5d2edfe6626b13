package torch

import (
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"gobert/internal/torch/cuda/host"
	"gobert/internal/torch/standin"
)

// bounds are how far the card's kernels may be from the CPU's, in shares of a result's largest value: sums are taken in another
// order, and a value between two of the type's falls to the one or the other. fp16 has no kernels on the CPU: there LibTorch's
// operators compute, which round after each.
var bounds = map[DType]float64{Float32: 5e-6, BFloat16: 1.0 / 128, Float16: 1.0 / 256}

// once and twice are how often a computation rounds to the type where the CPU rounds something else: once, or once more where a product
// is rounded before its bias joins it.
const once, twice = 1, 2

// A computation gives named results: outputs and gradients.
type computation func(p *Pass) map[string]*Tensor

// onCard compares what the card's kernels make of a computation with what the CPU's make of it. Where tests run on the CPU the
// kernels do, too, as they are compiled for the host. The results it gives are the CPU's and the card's.
func onCard(t *testing.T, mode Mode, roundings float64, run computation) (want, got map[string][]float32) {
	t.Helper()
	results := func(d Device) map[string][]float32 {
		values := map[string][]float32{}
		mode.Device = d
		do(t, mode, func(p *Pass) {
			for name, tensor := range run(p) {
				values[name] = Values[float32](tensor)
			}
		})
		return values
	}
	served := func(backwards bool) map[string][]float32 {
		before := launches()
		d := device(t)
		if !d.IsCUDA() {
			defer host.Serve(backwards)()
		}
		values := results(d)
		if now := launches(); now == before && now >= 0 {
			t.Fatal("no kernel was launched")
		}
		return values
	}
	want, got = results(CPU), served(false)
	compute := mode.Compute
	if compute == 0 {
		compute = Float32
	}
	for name, values := range want {
		near(t, name, values, got[name], roundings*bounds[compute])
	}
	// On the host blocks and warps run in the opposite order now; a card runs them as it likes each time.
	for name, values := range served(true) {
		for i := range values {
			if math.Float32bits(values[i]) != math.Float32bits(got[name][i]) {
				t.Fatalf("%s: value %d is %v in one order of blocks and warps and %v in another", name, i, got[name][i], values[i])
			}
		}
	}
	return want, got
}

// launches is how many of the card's kernels were launched so far, -1 where nobody counts: on a real card.
func launches() int64 {
	counts, err := standin.ReadCounts("")
	if err != nil {
		if standin.Device() != "cpu" {
			return -1
		}
		return int64(host.Launches())
	}
	n := int64(0)
	for name, times := range counts {
		if strings.HasPrefix(name, "kernel::") {
			n += times
		}
	}
	return n
}

// near fails where two results are further apart than a share of the largest value.
func near(t *testing.T, name string, want, got []float32, share float64) {
	t.Helper()
	if len(want) != len(got) {
		t.Fatalf("%s: %d values, want %d", name, len(got), len(want))
	}
	var most float64
	for _, x := range want {
		most = max(most, math.Abs(float64(x)))
	}
	for i := range want {
		if apart := math.Abs(float64(want[i] - got[i])); !(apart <= share*most) {
			t.Fatalf("%s: value %d is %v, want %v (the largest is %.4g, allowed are %.2g of it)", name, i, got[i], want[i], most, share)
		}
	}
}

// sameZeros fails where one of two results is zero and the other is not: where dropout masks differ.
func sameZeros(t *testing.T, name string, want, got []float32) {
	t.Helper()
	for i := range want {
		if (want[i] == 0) != (got[i] == 0) {
			t.Fatalf("%s: value %d is %v, want %v: another mask", name, i, got[i], want[i])
		}
	}
}

// param is a master with values around level. Where sunk, it has a gradient already, which is added to.
func param(p *Pass, seed uint64, level float64, sunk bool, shape ...int64) *Tensor {
	storage := p.Adopt(NewEmpty(Float32, p.Device, product(shape)))
	storage.FillNormal(0.3, seed)
	leaf := p.Adopt(Leaf(p.Add(storage, p.full(level, product(shape))), 0, true, shape...))
	if sunk {
		leaf.SetGrad(p.Reshape(p.full(1, product(shape)), shape...))
	}
	return leaf
}

func (p *Pass) full(value float64, n int64) *Tensor {
	t := p.Adopt(NewEmpty(Float32, p.Device, n))
	t.Fill(value)
	return t
}

// weigh sends gradients of every size through a result.
func weigh(p *Pass, out *Tensor) {
	weights := p.Adopt(NewEmpty(Float32, p.Device, out.Numel()))
	weights.FillNormal(1, 99)
	p.Backward(p.Sum(p.Mul(p.Cast(out, Float32), p.Reshape(weights, out.Shape()...)), Float32), nil)
}

func grad(p *Pass, leaf *Tensor) *Tensor { return p.Adopt(leaf.Grad()) }

var types = []DType{Float32, BFloat16, Float16}

// TestCardsKernelsOnCUDA runs the tests of this file where the driver launches the kernels.
func TestCardsKernelsOnCUDA(t *testing.T) {
	tests := []string{
		"TestNormOnACard", "TestGeluOnACard", "TestDropoutMasksOnACardAreTheCPUs", "TestEmbeddingOnACard", "TestMaskedLMOnACard", "TestLinearOnACard", "TestProductsHandTheirBiasOnACard",
		"TestAttentionsProductsOnACard", "TestActivationsOnACard", "TestRowsOnACard", "TestGradientsBesideAProductOnACard", "TestStepInMemoryOnACard", "TestRowsTooWideForACardsNorm",
	}
	standin.Run(t, standin.Machine{}, tests...)
}

// TestOperatorsTakeOver: where the compiler refuses the kernels LibTorch's operators do the work, with the same masks.
func TestOperatorsTakeOver(t *testing.T) {
	if os.Getenv(refusedVariable) == "" {
		t.Setenv(refusedVariable, "1")
		standin.Run(t, standin.Machine{Refuse: true}, "TestOperatorsTakeOver")
		return
	}
	for _, compute := range types {
		t.Run(compute.String(), func(t *testing.T) {
			const rows, width = 37, 130
			results := map[Device]map[string][]float32{}
			for _, d := range []Device{CPU, device(t)} {
				results[d] = map[string][]float32{}
				do(t, Mode{Device: d, Grad: true, Train: true, Compute: compute, Seed: 3, Step: 5}, func(p *Pass) {
					x, r, gain, bias := param(p, 1, 0.2, false, rows, width), param(p, 4, -0.1, false, rows, width), param(p, 2, 1, true, width), param(p, 3, 0, true, width)
					out := p.DropoutAddNorm(p.Cast(x, compute), p.Cast(r, compute), LayerNorm{gain, bias, 1e-12}, 0.1)
					weigh(p, out)
					for name, y := range map[string]*Tensor{"out": p.Cast(out, Float32), "dx": grad(p, x), "dr": grad(p, r), "dgain": grad(p, gain), "dbias": grad(p, bias)} {
						results[d][name] = Values[float32](y)
					}
				})
			}
			for name, want := range results[CPU] {
				near(t, name, want, results[device(t)][name], 3*bounds[compute]) // the operators round after dropout and after the sum, too
			}
			sameZeros(t, "dx", results[CPU]["dx"], results[device(t)]["dx"])
		})
	}
	if n := launches(); n != 0 {
		t.Errorf("%d kernels were launched", n)
	}
}

// refusedVariable tells the test above that it runs where kernels are refused.
const refusedVariable = "GOBERT_TEST_REFUSED"

func TestNormOnACard(t *testing.T) {
	for i, width := range []int64{3, 5, 26, 128, 250, 256, 257, 312, 384, 512, 768, 1001, 1024} {
		for j, compute := range types {
			rows, dropped, residual, sunk := []int64{1, 3, 37}[(i+j)%3], i%2 == 0, j%2 == 0 || i%3 == 0, i%3 != 1
			t.Run(fmt.Sprintf("%dx%d/%v/dropout %t/residual %t", rows, width, compute, dropped, residual), func(t *testing.T) {
				want, got := onCard(t, Mode{Grad: true, Train: true, Compute: compute, Seed: 3, Step: 5}, once, func(p *Pass) map[string]*Tensor {
					x, gain, bias := param(p, 1, 0.2, false, rows, width), param(p, 2, 1, sunk, width), param(p, 3, 0, sunk, width)
					var r, added *Tensor
					if residual {
						r = param(p, 4, -0.1, false, rows, width)
						added = p.Cast(r, compute)
					}
					rate := 0.0
					if dropped {
						rate = 0.1
					}
					out := p.DropoutAddNorm(p.Cast(x, compute), added, LayerNorm{gain, bias, 1e-12}, rate)
					weigh(p, out)
					results := map[string]*Tensor{"out": p.Cast(out, Float32), "dgain": grad(p, gain), "dbias": grad(p, bias), "dx": grad(p, x)}
					if residual {
						results["dresidual"] = grad(p, r)
					}
					return results
				})
				if dropped && width > 1 {
					sameZeros(t, "dx", want["dx"], got["dx"])
				}
			})
		}
	}
}

// TestRowsTooWideForACardsNorm: LibTorch's norm serves them, behind the same masks.
func TestRowsTooWideForACardsNorm(t *testing.T) {
	if !device(t).IsCUDA() {
		t.Skip("the CPU's kernels take all widths")
	}
	for _, compute := range types {
		want, got := onCard(t, Mode{Grad: true, Train: true, Compute: compute, Seed: 3, Step: 5}, twice, func(p *Pass) map[string]*Tensor {
			x, r, gain, bias := param(p, 1, 0.2, false, 5, 1536), param(p, 4, 0, false, 5, 1536), param(p, 2, 1, true, 1536), param(p, 3, 0, true, 1536)
			out := p.DropoutAddNorm(p.Cast(x, compute), p.Cast(r, compute), LayerNorm{gain, bias, 1e-12}, 0.1)
			weigh(p, out)
			return map[string]*Tensor{"out": p.Cast(out, Float32), "dgain": grad(p, gain), "dbias": grad(p, bias), "dx": grad(p, x), "dr": grad(p, r)}
		})
		sameZeros(t, "dx", want["dx"], got["dx"])
	}
}

func TestGeluOnACard(t *testing.T) {
	for i, width := range []int64{1, 26, 256, 300, 1024, 3072} {
		for j, compute := range types {
			rows := []int64{1, 19, 70}[(i+j)%3]
			t.Run(fmt.Sprintf("%dx%d/%v", rows, width, compute), func(t *testing.T) {
				onCard(t, Mode{Grad: true, Compute: compute}, once, func(p *Pass) map[string]*Tensor {
					x := param(p, 7, 0, false, rows, width)
					out := p.Activation(p.Cast(p.Scale(x, 8), compute), "gelu")
					weigh(p, out)
					return map[string]*Tensor{"out": p.Cast(out, Float32), "dx": grad(p, x)}
				})
			})
		}
	}
}

// TestActivationsOnACard: the other activations that BERT's kin have, with the bias of a product and without.
func TestActivationsOnACard(t *testing.T) {
	for i, kind := range []string{"gelu_new", "gelu_pytorch_tanh", "relu", "tanh"} {
		for _, compute := range types {
			t.Run(fmt.Sprintf("%s/%v", kind, compute), func(t *testing.T) {
				onCard(t, Mode{Grad: true, Compute: compute}, once, func(p *Pass) map[string]*Tensor {
					x := param(p, 7, 0, false, 19, int64(26+270*i))
					out := p.Activation(p.Cast(p.Scale(x, 8), compute), kind)
					weigh(p, out)
					return map[string]*Tensor{"out": p.Cast(out, Float32), "dx": grad(p, x)}
				})
			})
		}
	}
}

// TestRowsOnACard: rows of one matrix, of two, and two lists of rows of one, with a row that is in both.
func TestRowsOnACard(t *testing.T) {
	for i, width := range []int64{5, 256, 300} {
		for _, compute := range types {
			t.Run(fmt.Sprintf("%d/%v", width, compute), func(t *testing.T) {
				onCard(t, Mode{Grad: true, Compute: compute}, once, func(p *Pass) map[string]*Tensor {
					x, y := param(p, 1, 0, false, 21, width), param(p, 2, 0, false, 21, width)
					rows, others := From(p, []int32{0, 3, 4, 20}, 4), From(p, []int32{4, int32(5 + i)}, 2)
					a := p.Cast(x, compute)
					out := p.GatherRows(a, others)
					first, second := p.GatherBoth(a, rows, p.Cast(y, compute), rows)
					third, fourth := p.GatherBoth(a, rows, a, others)
					weigh(p, p.Concat(0, out, first, second, third, fourth))
					return map[string]*Tensor{"first": p.Cast(first, Float32), "second": p.Cast(second, Float32), "dx": grad(p, x), "dy": grad(p, y)}
				})
			})
		}
	}
}

// TestGradientsBesideAProductOnACard: what comes back to an input beside its product is added to the product's share, whether or not
// somebody else holds it.
func TestGradientsBesideAProductOnACard(t *testing.T) {
	for _, compute := range types {
		for _, used := range []string{"both", "beside alone", "product alone"} {
			t.Run(fmt.Sprintf("%v/%s", compute, used), func(t *testing.T) {
				onCard(t, Mode{Grad: true, Compute: compute}, twice, func(p *Pass) map[string]*Tensor {
					x, w, b := param(p, 1, 0, false, 23, 40), param(p, 2, 0, true, 40, 40), param(p, 3, 0.3, true, 40)
					y, beside := p.LinearActivation(p.Cast(x, compute), weightOf(p, w, b), "gelu")
					sum := y
					switch used {
					case "both":
						sum = p.Add(y, beside)
					case "beside alone":
						sum = beside
					}
					weigh(p, sum)
					return map[string]*Tensor{"sum": p.Cast(sum, Float32), "dx": grad(p, x), "dw": grad(p, w), "db": grad(p, b)}
				})
			})
		}
	}
}

// TestStepInMemoryOnACard: a mask whose step lies in the card's memory is that of the step itself.
func TestStepInMemoryOnACard(t *testing.T) {
	d := device(t)
	if !d.IsCUDA() {
		defer host.Serve(false)()
	}
	masked := func(step uint64, memory []int64) (values []float32) {
		do(t, Mode{Grad: true, Seed: 5, Step: step, Device: d}, func(p *Pass) {
			if memory != nil {
				StepFrom(From(p, memory, 1))
				defer StepFrom(nil)
			}
			values = Values[float32](p.CounterDropout(p.Reshape(p.full(1, 700), 1, 700), 0.5))
		})
		return values
	}
	want, got := masked(9, nil), masked(0, []int64{9 << 20})
	near(t, "the mask of step 9", want, got, 0)
	if other := masked(0, nil); slices.Equal(other, want) {
		t.Error("steps 0 and 9 have the same mask")
	}
}

func TestDropoutMasksOnACardAreTheCPUs(t *testing.T) {
	for _, width := range []int64{1, 100, 256, 300, 1024, 3000} {
		for _, rate := range []float64{1e-4, 0.1, 0.5, 1} {
			want, got := onCard(t, Mode{Grad: true, Seed: 1 << 40, Step: 9}, once, func(p *Pass) map[string]*Tensor {
				x := param(p, 7, 2, false, 33, width)
				out := p.CounterDropout(x, rate)
				weigh(p, out)
				return map[string]*Tensor{"out": out, "dx": grad(p, x)}
			})
			for name := range want {
				for i := range want[name] {
					if want[name][i] != got[name][i] {
						t.Fatalf("width %d, rate %v: value %d of %s is %v, want %v", width, rate, i, name, got[name][i], want[name][i])
					}
				}
			}
		}
	}
}

func TestEmbeddingOnACard(t *testing.T) {
	for i, width := range []int64{5, 128, 300, 1024} {
		for j, compute := range types {
			if width == 1024 && compute != BFloat16 {
				continue // the table takes long to fill
			}
			n, padding, sunk := []int64{1, 63, 500}[(i+j)%3], []int64{-1, 0}[j%2], i%2 == 0
			t.Run(fmt.Sprintf("%dx%d/%v/padding %d", n, width, compute, padding), func(t *testing.T) {
				want, got := onCard(t, Mode{Grad: true, Train: true, Compute: compute, Seed: 8, Step: 1}, once, func(p *Pass) map[string]*Tensor {
					// Half of the tokens are of one word, as [MASK] is: its sum spans several runs.
					ids, positions, types := make([]int32, n), make([]int32, n), make([]int32, n)
					for k := range ids {
						ids[k] = int32(k*k*13+k) % 2500
						if k%2 == 1 {
							ids[k] = 103
						}
						positions[k], types[k] = int32(k%30), int32(k/40%2)
					}
					in := EmbedInput{
						IDs: From(p, ids, n), Types: From(p, types, n), Positions: From(p, positions, n),
						Word: param(p, 1, 0, sunk, 2500, width), Type: param(p, 2, 0, sunk, 2, width), Position: param(p, 3, 0, sunk, 40, width),
						Norm: LayerNorm{param(p, 4, 1, sunk, width), param(p, 5, 0, sunk, width), 1e-12}, Padding: padding, Dropout: 0.1,
					}
					out := p.Embed(in)
					weigh(p, out)
					return map[string]*Tensor{
						"out": p.Cast(out, Float32), "dword": grad(p, in.Word), "dtype": grad(p, in.Type), "dposition": grad(p, in.Position),
						"dgain": grad(p, in.Norm.Gain), "dbias": grad(p, in.Norm.Bias),
					}
				})
				sameZeros(t, "out", want["out"], got["out"])
			})
		}
	}
}

func TestMaskedLMOnACard(t *testing.T) {
	for i, words := range []int64{37, 600, 4099} {
		for j, compute := range types {
			rows, sunk := []int64{1, 9, 21}[(i+j)%3], i%2 == 0
			t.Run(fmt.Sprintf("%dx%d/%v", rows, words, compute), func(t *testing.T) {
				onCard(t, Mode{Grad: true, Compute: compute}, once, func(p *Pass) map[string]*Tensor {
					h, word, bias := param(p, 1, 0, false, rows, 32), param(p, 2, 0, sunk, words, 32), param(p, 3, 0, sunk, words)
					targets := make([]int32, rows)
					for k := range targets {
						targets[k] = int32(int64(k*71) % words)
						if k%4 == 3 {
							targets[k] = -1 // asks for nothing
						}
					}
					loss, correct := p.MaskedLMLoss(p.Cast(h, compute), weightOf(p, word, bias), From(p, targets, rows), 1)
					p.Backward(loss, nil)
					return map[string]*Tensor{
						"loss": loss, "correct": p.Cast(correct, Float32), "dh": grad(p, h), "dword": grad(p, word), "dbias": grad(p, bias),
					}
				})
			})
		}
	}
}

// weightOf is a weight in a pass's compute type, with its bias.
func weightOf(p *Pass, w, b *Tensor) Weight {
	return Weight{Matrix: w, Bias: b, Compute: p.Cast(p.Detach(w), p.Compute), ComputeBias: b}
}

func TestLinearOnACard(t *testing.T) {
	for i, compute := range types {
		for j, out := range []int64{1, 130, 264} {
			t.Run(fmt.Sprintf("%d/%v", out, compute), func(t *testing.T) {
				onCard(t, Mode{Grad: true, Compute: compute}, once, func(p *Pass) map[string]*Tensor {
					x, w, b := param(p, 1, 0, false, 75, 40), param(p, 2, 0, (i+j)%2 == 0, out, 40), param(p, 3, 0, (i+j)%2 == 0, out)
					y := p.Linear(p.Cast(x, compute), weightOf(p, w, b))
					weigh(p, y)
					return map[string]*Tensor{"y": p.Cast(y, Float32), "dx": grad(p, x), "dw": grad(p, w), "db": grad(p, b)}
				})
			})
		}
	}
}

// TestProductsHandTheirBiasOnACard: where the bias joins the kernel behind a product, results and gradients are those of the two
// apart.
func TestProductsHandTheirBiasOnACard(t *testing.T) {
	for i, compute := range types {
		rows, in, out, sunk := int64(23+i), int64(40), int64(264), i != 1
		product := func(p *Pass) (x, w, b *Tensor) {
			return param(p, 1, 0, false, rows, in), param(p, 2, 0, sunk, out, in), param(p, 3, 0.3, sunk, out)
		}
		t.Run(fmt.Sprintf("activation/%v", compute), func(t *testing.T) {
			onCard(t, Mode{Grad: true, Compute: compute}, twice, func(p *Pass) map[string]*Tensor {
				x, w, b := product(p)
				y, _ := p.LinearActivation(p.Cast(x, compute), weightOf(p, w, b), "gelu")
				weigh(p, y)
				return map[string]*Tensor{"y": p.Cast(y, Float32), "dx": grad(p, x), "dw": grad(p, w), "db": grad(p, b)}
			})
		})
		t.Run(fmt.Sprintf("norm/%v", compute), func(t *testing.T) {
			onCard(t, Mode{Grad: true, Train: true, Compute: compute, Seed: 4}, twice, func(p *Pass) map[string]*Tensor {
				x, w, b := product(p)
				r, gain, shift := param(p, 4, 0, false, rows, out), param(p, 5, 1, sunk, out), param(p, 6, 0, sunk, out)
				y := p.LinearAddNorm(p.Cast(x, compute), weightOf(p, w, b), p.Cast(r, compute), LayerNorm{gain, shift, 1e-12}, 0.1)
				weigh(p, y)
				return map[string]*Tensor{
					"y": p.Cast(y, Float32), "dx": grad(p, x), "dw": grad(p, w), "db": grad(p, b), "dr": grad(p, r), "dgain": grad(p, gain),
					"dshift": grad(p, shift),
				}
			})
		})
	}
}

func TestAttentionsProductsOnACard(t *testing.T) {
	for i, compute := range types {
		for _, width := range []int64{32, 288} {
			t.Run(fmt.Sprintf("%d/%v", width, compute), func(t *testing.T) {
				onCard(t, Mode{Grad: true, Compute: compute}, once, func(p *Pass) map[string]*Tensor {
					x, w, b := param(p, 1, 0, false, 21, width), param(p, 2, 0, i == 0, 3*width, width), param(p, 3, 0.1, i == 0, 3*width)
					y, _ := p.LinearAttention(p.Cast(x, compute), []Weight{weightOf(p, w, b)}, p.Sequences([]int32{0, 9, 10, 21}), 4, 0)
					weigh(p, y)
					return map[string]*Tensor{"y": p.Cast(y, Float32), "dx": grad(p, x), "dw": grad(p, w), "db": grad(p, b)}
				})
			})
		}
	}
}
