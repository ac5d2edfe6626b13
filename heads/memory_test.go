package heads_test

import (
	"testing"

	"gobert/bert"
	"gobert/heads"
	"gobert/internal/torch"
	"gobert/internal/torch/standin"
	"gobert/train"
)

func TestMemoryOnCUDA(t *testing.T) {
	standin.Run(t, standin.Machine{}, "TestMemoryOfAStep")
}

// TestMemoryOfAStep holds what docs/gpu.md says that a step takes of a GPU's memory beside parameters and the vocabulary: for
// each token and element of the hidden width so many bytes a layer, and so many beside the layers. LibTorch's allocator counts them.
func TestMemoryOfAStep(t *testing.T) {
	d, err := torch.ParseDevice(standin.Device())
	if err != nil {
		t.Fatal(err)
	}
	if !d.IsCUDA() {
		t.Skip("for a GPU")
	}
	const few, many = 2, 10 // sequences of 32 tokens
	for _, c := range []struct {
		name      string
		compute   torch.DType
		recompute bool
		layer     float64 // bytes, at most
		rest      float64 // below 0: the last layer computes fewer rows
	}{
		{"bf16", torch.BFloat16, false, 43, -18},
		{"bf16 recomputed", torch.BFloat16, true, 2.1, 69},
		{"fp32", torch.Float32, false, 75, -11},
	} {
		t.Run(c.name, func(t *testing.T) {
			grows := func(layers int) float64 {
				more := peakOfStep(t, d, c.compute, c.recompute, layers, many) - peakOfStep(t, d, c.compute, c.recompute, layers, few)
				return float64(more) / ((many - few) * 32 * width)
			}
			shallow, deep := grows(2), grows(6)
			layer := (deep - shallow) / 4
			rest := shallow - 2*layer
			t.Logf("%.1f bytes an element in a layer, %.1f beside the layers", layer, rest)
			for _, layers := range []float64{12, 24} {
				if got, most := layers*layer+rest, layers*c.layer+c.rest; got > most {
					t.Errorf("%v layers take %.1f bytes an element, at most %.1f are documented", layers, got, most)
				}
			}
		})
	}
}

const width = 64

// peakOfStep is the most that a step of pretraining takes, in bytes.
func peakOfStep(t *testing.T, d torch.Device, compute torch.DType, recompute bool, layers, sequences int) (peak int64) {
	t.Helper()
	config := bert.DefaultConfig()
	config.NumLayers, config.HiddenSize, config.NumHeads, config.IntermediateSize, config.VocabSize = layers, width, 2, 4*width, 512
	n, err := heads.NewPretraining(config)
	if err != nil {
		t.Fatal(err)
	}
	n.Bert.Recompute = recompute
	var batch bert.Packing
	var targets heads.PretrainingTargets
	for i := range sequences * 32 {
		if i%32 == 0 {
			batch.Offsets = append(batch.Offsets, int32(i))
			targets.Next = append(targets.Next, 0)
		}
		if i%7 == 1 {
			targets.Rows, targets.IDs = append(targets.Rows, int32(i)), append(targets.IDs, int32(i%512))
		}
		batch.IDs = append(batch.IDs, int32(i%512))
	}
	batch.Offsets = append(batch.Offsets, int32(len(batch.IDs)))
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	must(torch.Run(func() error {
		s := bert.NewStore(n, d)
		defer s.Free()
		bert.Initialize(s.Parameters, config.InitializerRange, 1)
		s.UseCompute(compute)
		s.PrepareTraining()
		o, err := train.NewOptimizer(s, train.DefaultOptimizer())
		if err != nil {
			return err
		}
		defer o.Free()
		if err := d.ResetPeak(); err != nil {
			return err
		}
		if err := torch.Do(torch.Mode{Train: true, Grad: true, Compute: compute, Device: d}, func(p *torch.Pass) error {
			in, err := config.Pack(p, batch)
			if err != nil {
				return err
			}
			o.SetRate(p, 1e-4)
			o.Backward(p, n.Loss(p, in, targets, 1).Total)
			return o.Step()
		}); err != nil {
			return err
		}
		gpu, err := d.Describe()
		peak = gpu.Peak
		return err
	}))
	return peak
}
