package torch

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// everyInt8Kernel runs f by each kernel that the machine has, and by the one for AMX over tiles in memory, on one and on three threads.
func everyInt8Kernel(t *testing.T, f func(t *testing.T)) {
	t.Cleanup(func() {
		if err := UseInt8Kernel(""); err != nil {
			t.Fatal(err)
		}
	})
	for _, name := range append(Int8Kernels(), "amx-shim") {
		for _, threads := range []int{1, 3} {
			t.Run(fmt.Sprintf("%s/%d", name, threads), func(t *testing.T) {
				before := Threads()
				for _, err := range []error{UseInt8Kernel(name), SetThreads(threads)} {
					if err != nil {
						t.Fatal(err)
					}
				}
				defer SetThreads(before) //nolint:errcheck // it was that before
				f(t)
			})
		}
	}
}

// drawn are numbers of a normal distribution, with an outlier here and there.
func drawn(seed uint64, n int) []float32 {
	random := rand.New(rand.NewPCG(seed, 8))
	x := make([]float32, n)
	for i := range x {
		if x[i] = float32(random.NormFloat64()); i%97 == 13 {
			x[i] *= 50
		}
	}
	return x
}

// quantizedFrom is a weight [out,in] in eight bits, owned by the pass, with a bias (nil for none).
func quantizedFrom(p *Pass, w, bias []float32, out, in int) Weight {
	q := p.Adopt(Quantize(From(p, w, int64(out), int64(in))))
	x := Weight{Matrix: q, Compute: q}
	if bias != nil {
		x.Bias = From(p, bias, int64(out))
	}
	return x
}

func sameBits(t *testing.T, what string, got, want []float32) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d numbers, want %d", what, len(got), len(want))
	}
	for i := range got {
		if math.Float32bits(got[i]) != math.Float32bits(want[i]) && (got[i] == got[i] || want[i] == want[i]) {
			t.Fatalf("%s: number %d of %d is %v, want %v", what, i, len(got), got[i], want[i])
		}
	}
}

// TestInt8LinearIsTheTwin: every kernel gives the bits of the twin in plain Go, for sizes that fill no tile and for those that fill several.
func TestInt8LinearIsTheTwin(t *testing.T) {
	everyInt8Kernel(t, func(t *testing.T) {
		for _, c := range []struct {
			rows, in, out int
			bias, gelu    bool
		}{
			{1, 1, 1, false, false},
			{1, 64, 16, true, true},
			{2, 3, 17, true, false},
			{5, 100, 33, true, true},
			{17, 129, 50, false, true},
			{33, 384, 96, true, false},
			{70, 66, 131, true, true},
			{8, 1537, 40, true, false},
			{150, 20, 49, true, true},
		} {
			name := fmt.Sprintf("%+v", c)
			x, w := drawn(1, c.rows*c.in), drawn(2, c.out*c.in)
			for i := range c.in {
				w[i] = 0 // an output without weights
			}
			if c.rows > 4 {
				for i := range c.in { // as large as the largest, whatever their neighbours are
					x[4*c.in+i] = float32(math.Copysign(1-0.5*math.Mod(float64(i)*0.618, 1), float64(x[4*c.in+i])))
				}
			}
			if c.rows > 3 {
				clear(x[c.in : 2*c.in])
				x[2*c.in] = 1e30
				for i := range c.in {
					x[3*c.in+i] = 1e-40 // denormal numbers
				}
			}
			var bias []float32
			if c.bias {
				bias = drawn(3, c.out)
			}
			do(t, Mode{}, func(p *Pass) {
				weight, activation := quantizedFrom(p, w, bias, c.out, c.in), ""
				if c.gelu {
					activation = "gelu"
				}
				y, _ := p.LinearActivation(From(p, x, int64(c.rows), int64(c.in)), weight, activation)
				sameBits(t, name, Values[float32](y), twinLinear(x, w, bias, c.in, c.out, c.gelu))
			})
		}
	})
}

// TestInt8SumsDoNotSaturate: with all factors at their ends the sums are as large as they can be.
func TestInt8SumsDoNotSaturate(t *testing.T) {
	const in, out = 1 << 12, 32
	everyInt8Kernel(t, func(t *testing.T) {
		x, w := make([]float32, 2*in), make([]float32, out*in)
		for i := range x {
			x[i] = 127 * float32(1-2*(i/in))
		}
		for i := range w {
			w[i] = 127 * float32(1-2*(i/in%2))
		}
		do(t, Mode{}, func(p *Pass) {
			for i, y := range Values[float32](p.Linear(From(p, x, 2, in), quantizedFrom(p, w, nil, out, in))) {
				if want := float32(127*127*in) * float32(1-2*(i/out)) * float32(1-2*(i%2)); y != want {
					t.Fatalf("sum %d is %v, want %v", i, y, want)
				}
			}
		})
	})
}

// TestInt8RowsDoNotKnowEachOther: a row gives the same bits alone and among others, whichever way the work is divided.
func TestInt8RowsDoNotKnowEachOther(t *testing.T) {
	const rows, in, out = 131, 96, 200
	x, w, bias := drawn(4, rows*in), drawn(5, out*in), drawn(6, out)
	everyInt8Kernel(t, func(t *testing.T) {
		do(t, Mode{}, func(p *Pass) {
			weight := quantizedFrom(p, w, bias, out, in)
			all := Values[float32](p.Linear(From(p, x, rows, in), weight))
			for _, part := range [][2]int{{0, 1}, {5, 7}, {64, 131}, {100, 117}} {
				some := Values[float32](p.Linear(From(p, x[part[0]*in:part[1]*in], int64(part[1]-part[0]), in), weight))
				sameBits(t, fmt.Sprint(part), some, all[part[0]*out:part[1]*out])
			}
		})
	})
}

// TestInt8NeverInventsNumbers: NaN and infinity in a row make all of that row NaN, and nothing else; in a weight, that output.
func TestInt8NeverInventsNumbers(t *testing.T) {
	const rows, in, out = 40, 70, 35
	everyInt8Kernel(t, func(t *testing.T) {
		x, w := drawn(7, rows*in), drawn(8, out*in)
		x[3*in+5], x[20*in], x[39*in+69] = float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1))
		w[34*in+1] = float32(math.NaN())
		do(t, Mode{}, func(p *Pass) {
			weight := quantizedFrom(p, w, drawn(9, out), out, in)
			for _, activation := range []string{"", "gelu", "relu", "tanh"} {
				y, _ := p.LinearActivation(From(p, x, rows, in), weight, activation)
				for i, v := range Values[float32](y) {
					row, column := i/out, i%out
					if bad := row == 3 || row == 20 || row == 39 || column == 34; bad != (v != v) {
						t.Fatalf("%q: row %d, output %d is %v", activation, row, column, v)
					}
				}
			}
			if n := Norm(weight.Matrix); n == n {
				t.Errorf("the norm of a weight with NaN is %v", n)
			}
		})
	})
}

// TestInt8IsCloseToFP32 for what a model's numbers look like.
func TestInt8IsCloseToFP32(t *testing.T) {
	const rows, in, out = 64, 384, 128
	random := rand.New(rand.NewPCG(1, 1))
	x, w := make([]float32, rows*in), make([]float32, out*in)
	for _, list := range [][]float32{x, w} {
		for i := range list {
			list[i] = float32(random.NormFloat64())
		}
	}
	do(t, Mode{}, func(p *Pass) {
		in32 := From(p, x, rows, in)
		matrix := From(p, w, out, in)
		exact := Values[float32](p.Linear(in32, Weight{Matrix: matrix, Compute: matrix}))
		got := Values[float32](p.Linear(in32, quantizedFrom(p, w, nil, out, in)))
		var off, all float64
		for i := range got {
			off += math.Pow(float64(got[i]-exact[i]), 2)
			all += math.Pow(float64(exact[i]), 2)
		}
		// Two factors, each rounded to a step of its largest number, about 3 deviations, over 127: a twelfth of its square twice.
		if ratio := math.Sqrt(off / all); ratio > 0.015 || ratio == 0 {
			t.Errorf("the error is %v of the result", ratio)
		}
	})
}

// TestInt8TablesAndMapsAgree: a table that is looked up stays as it is, and multiplies like a map that was brought into order.
func TestInt8TablesAndMapsAgree(t *testing.T) {
	const rows, in, out = 9, 80, 70
	x, w := drawn(10, rows*in), drawn(11, out*in)
	everyInt8Kernel(t, func(t *testing.T) {
		do(t, Mode{}, func(p *Pass) {
			table, other, norm := quantizedFrom(p, w, nil, out, in), quantizedFrom(p, w, nil, out, in), onesAndZeros(p, in)
			ids := From(p, []int32{0, 69, 3}, 3)
			embedded := func(words, positions *Tensor) []float32 {
				return Values[float32](p.Embed(EmbedInput{
					IDs: ids, Types: From(p, []int32{1, 0, 1}, 3), Positions: From(p, []int32{0, 1, 2}, 3),
					Word: words, Position: positions, Type: From(p, drawn(12, 2*in), 2, in), Norm: norm, Padding: -1,
				}))
			}
			positions := p.Adopt(Quantize(From(p, drawn(13, 3*in), 3, in)))
			got, want := embedded(table.Matrix, positions), embedded(p.Floats(table.Matrix), p.Floats(positions))
			for i := range got {
				if math.Abs(float64(got[i]-want[i])) > 1e-5 {
					t.Fatalf("embedding: number %d is %v, from the table in fp32 %v", i, got[i], want[i])
				}
			}
			in32 := From(p, x, rows, in)
			sameBits(t, "table", Values[float32](p.Linear(in32, table)), Values[float32](p.Linear(in32, other)))
			sameBits(t, "side by side", Values[float32](p.Linears(in32, []Weight{other, table})), Values[float32](p.Concat(1, p.Linear(in32, other), p.Linear(in32, table))))
			q, scale := other.Matrix.Integers()
			fresh, same := p.Adopt(Quantize(From(p, w, out, in))).Integers()
			if !slices.Equal(q, fresh) || !slices.Equal(scale, same) {
				t.Error("the integers are not what they were before the first product")
			}
		})
	})
}

func onesAndZeros(p *Pass, width int64) LayerNorm {
	return LayerNorm{Gain: From(p, slices.Repeat([]float32{1}, int(width)), width), Bias: From(p, make([]float32, width), width), Eps: 1e-12}
}

// TestInt8CorrectionsAreAdded: an adapter's share is added in fp32.
func TestInt8CorrectionsAreAdded(t *testing.T) {
	do(t, Mode{}, func(p *Pass) {
		x := From(p, drawn(1, 3*64), 3, 64)
		w := quantizedFrom(p, drawn(2, 32*64), nil, 32, 64)
		plain := Values[float32](p.Linear(x, w))
		w.Correct = func(p *Pass, _, y *Tensor) *Tensor {
			return p.Add(y, p.Adopt(NewFrom(slices.Repeat([]float32{2}, 3*32), CPU, 3, 32)))
		}
		for name, y := range map[string]*Tensor{"Linear": p.Linear(x, w), "Linears": p.Narrow(p.Linears(x, []Weight{w, w}), 1, 32, 32)} {
			for i, v := range Values[float32](y) {
				if v != plain[i]+2 {
					t.Fatalf("%s: number %d is %v, want %v + 2", name, i, v, plain[i])
				}
			}
		}
	})
}

// TestInt8MaskedLMLoss: the loss of the vocabulary's scores is that of the fp32 kernel for the same numbers, but for what is rounded.
func TestInt8MaskedLMLoss(t *testing.T) {
	const rows, in, out = 7, 64, 90
	do(t, Mode{}, func(p *Pass) {
		w, x, targets := quantizedFrom(p, drawn(2, out*in), drawn(3, out), out, in), From(p, drawn(1, rows*in), rows, in), From(p, []int32{1, 2, -1, 4, 89, 0, 5}, rows)
		loss, correct := p.MaskedLMLoss(x, w, targets, 1)
		scores := p.Linear(x, w)
		logits, want, right := Values[float32](scores), 0.0, 0.0
		for i, target := range Values[int32](targets) {
			if target < 0 {
				continue
			}
			row, sum := logits[i*out:(i+1)*out], 0.0
			for _, v := range row {
				sum += math.Exp(float64(v - row[target]))
			}
			if want += math.Log(sum) / 6; slices.Max(row) == row[target] {
				right++
			}
		}
		if got := loss.Item(); math.Abs(got-want) > 1e-4*math.Abs(want) || correct.Item() != right {
			t.Errorf("loss %v and %v right, want %v and %v", got, correct.Item(), want, right)
		}
	})
}

// TestInt8RefusesWhatItCannotDo by name.
func TestInt8RefusesWhatItCannotDo(t *testing.T) {
	for name, c := range map[string]struct {
		mode Mode
		run  func(p *Pass, x *Tensor, w Weight)
		want string
	}{
		"gradients":  {Mode{Grad: true}, func(p *Pass, x *Tensor, w Weight) { p.Linear(x, w) }, "have no gradients"},
		"arithmetic": {Mode{}, func(p *Pass, x *Tensor, w Weight) { p.Add(w.Matrix, w.Matrix) }, "eight-bit integers can be multiplied by"},
		"copying":    {Mode{}, func(p *Pass, x *Tensor, w Weight) { x.CopyFrom(w.Matrix, false) }, "eight-bit integers can be multiplied by"},
		"other type": {Mode{}, func(p *Pass, x *Tensor, w Weight) { w.Matrix.To(BFloat16, CPU) }, "eight-bit integers can be multiplied by"},
		"width":      {Mode{}, func(p *Pass, x *Tensor, w Weight) { p.Linear(From(p, drawn(1, 5), 1, 5), w) }, "the rows are 5 wide, the weight takes 4"},
		"vectors":    {Mode{}, func(p *Pass, x *Tensor, w Weight) { Quantize(From(p, drawn(1, 5), 5)) }, "a matrix in fp32"},
		"too wide": {Mode{}, func(p *Pass, x *Tensor, w Weight) {
			const wide = 1<<17 + 1
			p.Linear(p.Adopt(NewZeros(Float32, CPU, 1, wide)), quantizedFrom(p, make([]float32, wide), nil, 1, wide))
		}, "at most 131072"},
	} {
		err := Do(c.mode, func(p *Pass) error {
			c.run(p, From(p, drawn(1, 4*4), 4, 4), quantizedFrom(p, drawn(2, 4*4), nil, 4, 4))
			return nil
		})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want an error with %q", name, err, c.want)
		}
	}
	if err := UseInt8Kernel("sse9"); err == nil {
		t.Error("a kernel that is not there was taken")
	}
}

// TestInt8KernelsKeepToTheCap: whoever caps LibTorch's vector units caps these kernels, too.
func TestInt8KernelsKeepToTheCap(t *testing.T) {
	const inner = "GOBERT_INT8_INNER"
	if os.Getenv(inner) != "" {
		fmt.Println("kernels:", Int8Kernels())
		return
	}
	if !slices.Contains(Int8Kernels(), "avx2") {
		t.Skip("this machine has no AVX2")
	}
	for limit, want := range map[string]string{"avx2": "kernels: [avx2 portable]", "default": "kernels: [portable]"} {
		c := exec.Command(os.Args[0], "-test.run=^TestInt8KernelsKeepToTheCap$")
		c.Env = append(os.Environ(), inner+"=1", "ATEN_CPU_CAPABILITY="+limit)
		if out, err := c.CombinedOutput(); err != nil || !strings.Contains(string(out), want) {
			t.Errorf("capped at %s: %v\n%s\nwant %s", limit, err, out, want)
		}
	}
}
