package task

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"gobert/bert"
	"gobert/data/labelled/features"
	"gobert/internal/testkit"
	"gobert/internal/torch"
)

// distribution is the distribution of a number over draws of the masks.
type distribution struct {
	draws           float64
	mean, deviation float64
}

// TestDropoutDistributesAsTheReference compares a training step's loss and the norms of its gradients, over a thousand draws
// of the masks, with the reference's distributions: hidden dropout, attention's and the classifier's each alone, then together
// (see make_golden_dropout.py). Means are at most five standard errors apart, the loss's deviations a sixth.
func TestDropoutDistributesAsTheReference(t *testing.T) {
	threads := torch.Threads()
	t.Cleanup(func() { _ = torch.SetThreads(threads) })
	if err := torch.SetThreads(1); err != nil { // the model is tiny
		t.Fatal(err)
	}
	for name, kind := range map[string]Kind{"sequence_single": Classify, "token": Tag, "choice": Choice} {
		c := testkit.GoldenFile(t, "..", "golden_finetune", name+".safetensors")
		for rates, want := range goldenDistributions(t, name) {
			t.Run(name+" "+rates, func(t *testing.T) {
				m := goldenModel(t, name, kind)
				defer m.Close()
				config := &m.Network.Encoder().Config
				config.ClassifierDropout = new(float64)
				if _, err := fmt.Sscan(rates, &config.HiddenDropout, &config.AttentionDropout, config.ClassifierDropout); err != nil {
					t.Fatal(err)
				}
				for what, got := range drawn(t, m, goldenBatch(c, kind, 0), 1000) {
					w := want[what]
					if vanishes(kind, what) || w.mean == 0 && got.mean == 0 {
						continue
					}
					apart := (got.mean - w.mean) / math.Sqrt(got.deviation*got.deviation/got.draws+w.deviation*w.deviation/w.draws)
					if !(math.Abs(apart) < 5) {
						t.Errorf("%s: mean %v, expected %v: %.1f standard errors apart", what, got.mean, w.mean, apart)
					}
					if ratio := got.deviation / w.deviation; what == "loss" && !(ratio > 1/1.2 && ratio < 1.2) {
						t.Errorf("%s: standard deviation %v, expected %v", what, got.deviation, w.deviation)
					}
				}
			})
		}
	}
}

// goldenDistributions reads the reference's distributions by rates, then by the name of what is drawn.
func goldenDistributions(t *testing.T, name string) map[string]map[string]distribution {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("../testdata/golden_dropout", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var cases map[string]map[string]json.RawMessage
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	distributions := map[string]map[string]distribution{}
	for rates, values := range cases {
		var draws float64
		if err := json.Unmarshal(values["draws"], &draws); err != nil {
			t.Fatal(err)
		}
		delete(values, "draws")
		distributions[rates] = map[string]distribution{}
		for what, raw := range values {
			var pair [2]float64
			if err := json.Unmarshal(raw, &pair); err != nil {
				t.Fatal(err)
			}
			distributions[rates][what] = distribution{draws, pair[0], pair[1]}
		}
	}
	return distributions
}

// drawn takes one training step from the same weights over and over, each with its own masks.
func drawn(t *testing.T, m *Model, b *features.Batch, draws int) map[string]distribution {
	t.Helper()
	store, err := bert.Flatten(m.Network, torch.CPU)
	if err != nil {
		t.Fatal(err)
	}
	if err := torch.Run(func() error { store.PrepareTraining(); return nil }); err != nil {
		t.Fatal(err)
	}
	sums := map[string]*[2]float64{}
	add := func(what string, x float64) {
		if sums[what] == nil {
			sums[what] = new([2]float64)
		}
		sums[what][0] += x
		sums[what][1] += x * x
	}
	task := &Training{Model: m}
	for step := range draws {
		err := torch.Do(torch.Mode{Train: true, Grad: true, Seed: 1, Step: uint64(step)}, func(p *torch.Pass) error {
			store.ZeroGrads()
			out, err := task.Loss(p, b, 1)
			if err != nil {
				return err
			}
			add("loss", float64(torch.Values[float32](out.Loss)[0]))
			p.Backward(out.Loss, nil)
			gradients := torch.Values[float32](store.Grads)
			for _, parameter := range store.Parameters {
				squares := 0.0
				for _, g := range gradients[:parameter.Numel()] {
					squares += float64(g) * float64(g)
				}
				gradients = gradients[parameter.Numel():]
				add(parameter.Name, math.Sqrt(squares))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	n := float64(draws)
	distributions := map[string]distribution{}
	for what, s := range sums {
		mean := s[0] / n
		distributions[what] = distribution{n, mean, math.Sqrt(max(0, s[1]/n-mean*mean) * n / (n - 1))}
	}
	return distributions
}
