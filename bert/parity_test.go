package bert

import (
	"fmt"
	"strings"
	"testing"

	"gobert/internal/testkit"
	"gobert/internal/torch"
	"gobert/internal/torch/standin"
)

// tolerance is relative to each tensor's largest value, in fp32.
const tolerance = 1e-5

// device is where the tests run: the CPU, or what GOBERT_TEST_DEVICE names.
func device(t testing.TB) torch.Device {
	t.Helper()
	d, err := torch.ParseDevice(standin.Device())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// load builds the case's model by hand, without the readers of weights.
func load(t testing.TB, c *testkit.Case) (*Model, *Store) {
	t.Helper()
	config, err := ReadConfig(c.Dir)
	if err != nil {
		t.Fatal(err)
	}
	m, err := New(config, true)
	if err != nil {
		t.Fatal(err)
	}
	var s *Store
	run(t, func() {
		s = NewStore(m, device(t))
		for _, p := range s.Parameters {
			w, ok := c.Weights[p.Name]
			if !ok {
				t.Fatalf("the reference has no %s", p.Name)
			}
			x := torch.NewFrom(w.Floats(), torch.CPU, w.Shape...)
			p.Value.CopyFrom(x, false)
			x.Free()
		}
	})
	return m, s
}

func run(t testing.TB, f func()) {
	t.Helper()
	if err := torch.Run(func() error { f(); return nil }); err != nil {
		t.Fatal(err)
	}
}

func input(c *testkit.Case) Input {
	ids := c.Values["in.ids"]
	return Input{IDs: ids.Ints(), Types: c.Values["in.types"].Ints(), Mask: c.Values["in.mask"].Ints(), Length: int(ids.Shape[1])}
}

// rowsOf picks the rows [N,W] of real tokens from a golden [B,T,W].
func rowsOf(c *testkit.Case, name string) []float32 {
	x := c.Values[name]
	width := int(x.Shape[len(x.Shape)-1])
	var rows []float32
	for i, m := range c.Values["in.mask"].Ints() {
		if m == 1 {
			rows = append(rows, x.Floats()[i*width:(i+1)*width]...)
		}
	}
	return rows
}

func TestOutputsEqualTheReference(t *testing.T) {
	for _, name := range testkit.GoldenNames(t, "..", "model_") {
		t.Run(name, func(t *testing.T) {
			c := testkit.Golden(t, "..", name)
			m, s := load(t, c)
			defer run(t, s.Free)
			out, err := m.Encode(input(c), Want{Hidden: true, Attention: true})
			if err != nil {
				t.Fatal(err)
			}
			testkit.Compare(t, "last hidden state", out.Last, rowsOf(c, "out.last_hidden_state"), tolerance)
			if !strings.Contains(name, "left") { // the reference pools a padding token there
				testkit.Compare(t, "pooled", out.Pooled, c.Values["out.pooler_output"].Floats(), tolerance)
			}
			for i, h := range out.Hidden {
				testkit.Compare(t, fmt.Sprint("hidden states ", i), h, rowsOf(c, fmt.Sprint("out.hidden.", i)), tolerance)
			}
			for i, layer := range out.Attention {
				want, ok := c.Values[fmt.Sprint("out.attention.", i)]
				if !ok {
					break // too large to be kept
				}
				testkit.Compare(t, fmt.Sprint("attention ", i), flatten(layer), realAttention(c, want), tolerance)
			}
			fast, err := m.Encode(input(c), Want{})
			if err != nil {
				t.Fatal(err)
			}
			testkit.Compare(t, "last hidden state without weights", fast.Last, rowsOf(c, "out.last_hidden_state"), tolerance)
		})
	}
}

func flatten(sequences [][]float32) (all []float32) {
	for _, s := range sequences {
		all = append(all, s...)
	}
	return all
}

// realAttention picks the probabilities between real tokens from [B,A,T,T], sequence by sequence.
func realAttention(c *testkit.Case, x testkit.Tensor) (picked []float32) {
	mask, values := c.Values["in.mask"].Ints(), x.Floats()
	heads, length := int(x.Shape[1]), int(x.Shape[2])
	for b := range int(x.Shape[0]) {
		for a := range heads {
			for i := range length {
				for j := range length {
					if mask[b*length+i] == 1 && mask[b*length+j] == 1 {
						picked = append(picked, values[((b*heads+a)*length+i)*length+j])
					}
				}
			}
		}
	}
	return picked
}

func TestGradientsEqualTheReference(t *testing.T) {
	for _, name := range testkit.GoldenNames(t, "..", "model_") {
		for _, recompute := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/recompute=%v", name, recompute), func(t *testing.T) {
				c := testkit.Golden(t, "..", name)
				m, s := load(t, c)
				m.Recompute = recompute
				defer run(t, s.Free)
				run(t, s.PrepareTraining)
				err := torch.Do(torch.Mode{Grad: true, Train: true, Device: device(t)}, func(p *torch.Pass) error {
					packing, err := input(c).packed()
					if err != nil {
						return err
					}
					in, err := m.Config.Pack(p, packing)
					if err != nil {
						return err
					}
					last := m.Forward(p, in, Want{}).Last
					pooled := m.Pool(p, p.GatherRows(last, in.Firsts()))
					weight := torch.From(p, rowsOf(c, "in.weight_last"), last.Shape()...)
					weightPooled := torch.From(p, c.Values["in.weight_pooled"].Floats(), pooled.Shape()...)
					loss := p.Add(p.Sum(p.Mul(last, weight), torch.Float32), p.Sum(p.Mul(pooled, weightPooled), torch.Float32))
					testkit.Compare(t, "loss", torch.Values[float32](loss), c.Values["out.loss"].Floats(), tolerance)
					p.Backward(loss, nil)
					for _, q := range s.Parameters {
						want, ok := c.Values["grad."+q.Name]
						if !ok {
							t.Errorf("the reference has no gradient for %s", q.Name)
							continue
						}
						grad := p.Adopt(q.Value.Grad())
						// A key's bias moves every score of a row alike, so its gradient is rounding noise around 0.
						if strings.HasSuffix(q.Name, "key.bias") {
							continue
						}
						testkit.Compare(t, "gradient of "+q.Name, torch.Values[float32](grad), want.Floats(), tolerance)
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
			})
		}
	}
}
