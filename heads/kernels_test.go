package heads

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"gobert/bert"
	"gobert/internal/testkit"
	"gobert/internal/torch"
)

// TestKernelsEqualTheirPlainTwins trains one step with our kernels and one with LibTorch's operators in their place, under
// the same dropout masks, and compares loss and gradients.
func TestKernelsEqualTheirPlainTwins(t *testing.T) {
	defer torch.UseKernels(true)
	for _, compute := range []torch.DType{torch.Float32, torch.BFloat16} {
		for _, dropout := range []float64{0, 0.1, 0.2} {
			t.Run(fmt.Sprintf("%v/dropout %v", compute, dropout), func(t *testing.T) {
				step := trial{compute: compute, hidden: dropout, attention: dropout, threads: 2}
				torch.UseKernels(false)
				loss, want := step.run(t)
				torch.UseKernels(true)
				fused, got := step.run(t)
				step.threads = 1
				single, alone := step.run(t)
				allowed := 2e-6
				if compute == torch.BFloat16 {
					allowed = 0.03
				}
				testkit.Compare(t, "loss", []float32{fused}, []float32{loss}, allowed)
				if single != fused {
					t.Errorf("loss %v with one thread, %v with two", single, fused)
				}
				for name, g := range got {
					if !strings.HasSuffix(name, "key.bias") { // rounding noise around 0
						testkit.Compare(t, "gradient of "+name, g, want[name], 5*allowed)
					}
					for i := range g {
						if math.Float32bits(g[i]) != math.Float32bits(alone[name][i]) {
							t.Fatalf("%s has other bits with one thread than with two", name)
						}
					}
				}
			})
		}
	}
}

// trial is one training step of the smallest model with both heads.
type trial struct {
	device            torch.Device
	compute           torch.DType
	hidden, attention float64 // rates of dropout
	threads           int
	recompute         bool
	step              uint64
}

// run gives the loss and the gradient of each parameter.
func (s trial) run(t *testing.T) (loss float32, grads map[string][]float32) {
	t.Helper()
	if s.threads > 0 {
		before := torch.Threads()
		if err := torch.SetThreads(s.threads); err != nil {
			t.Fatal(err)
		}
		defer torch.SetThreads(before)
	}
	c := testkit.Golden(t, "..", "pretraining")
	config, err := bert.ReadConfig(c.Dir)
	if err != nil {
		t.Fatal(err)
	}
	config.HiddenDropout, config.AttentionDropout = s.hidden, s.attention
	n, err := NewPretraining(config)
	if err != nil {
		t.Fatal(err)
	}
	n.Bert.Recompute = s.recompute
	err = torch.Do(torch.Mode{Grad: true, Train: true, Device: s.device, Compute: s.compute, Seed: 3, Step: 8 + s.step}, func(p *torch.Pass) error {
		store := fillOn(t, c, n, s.device)
		defer store.Free()
		store.UseCompute(s.compute)
		store.PrepareTraining()
		in, b := batch(t, p, c, config)
		var rows, ids []int32 // most tokens: MKL divides products of few rows by the number of threads
		for i := range b.ids {
			if i%8 != 5 {
				rows, ids = append(rows, int32(i)), append(ids, int32(i*7%100))
			}
		}
		l := n.Loss(p, in, PretrainingTargets{Rows: rows, IDs: ids, Next: int64s(c.Values["in.next_sentence_label"].Ints())}, 1).Total
		p.Backward(l, nil)
		loss, grads = float32(l.Item()), map[string][]float32{}
		for _, q := range store.Parameters {
			grads[q.Name] = torch.Values[float32](p.Adopt(q.Value.Grad()))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return loss, grads
}
