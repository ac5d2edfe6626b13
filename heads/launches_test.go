package heads_test

import (
	"strings"
	"testing"

	"gobert/bert"
	"gobert/heads"
	"gobert/internal/torch"
	"gobert/internal/torch/standin"
)

func TestLaunchesOnCUDA(t *testing.T) {
	standin.Run(t, standin.Machine{}, "TestLaunchesOfAStep")
}

// TestLaunchesOfAStep holds what the forward and the backward pass of a warm step of pretraining launch on a GPU, for base's twelve
// layers in bfloat16 with all dropout on: operators of LibTorch and kernels of ours, casts and copies, fresh memory, waits.
func TestLaunchesOfAStep(t *testing.T) {
	d, err := torch.ParseDevice(standin.Device())
	if err != nil {
		t.Fatal(err)
	}
	if !d.IsCUDA() || !standin.Here() {
		t.Skip("for the stand-in: TestLaunchesOnCUDA runs it")
	}
	config := bert.DefaultConfig()
	config.NumLayers, config.HiddenSize, config.NumHeads, config.IntermediateSize, config.VocabSize = 12, 32, 2, 64, 90
	n, err := heads.NewPretraining(config)
	if err != nil {
		t.Fatal(err)
	}
	var batch bert.Packing
	var targets heads.PretrainingTargets
	for i := range 24 {
		if i%8 == 0 {
			batch.Offsets, targets.Next = append(batch.Offsets, int32(i)), append(targets.Next, int64(i/8%2))
		}
		if i%4 == 1 {
			targets.Rows, targets.IDs = append(targets.Rows, int32(i)), append(targets.IDs, int32(i))
		}
		batch.IDs = append(batch.IDs, int32(i*7%90))
	}
	batch.Offsets = append(batch.Offsets, int32(len(batch.IDs)))
	var step standin.Counts
	err = torch.Run(func() error {
		s := bert.NewStore(n, d)
		defer s.Free()
		bert.Initialize(s.Parameters, config.InitializerRange, 1)
		s.UseCompute(torch.BFloat16)
		s.PrepareTraining()
		for range 4 { // the last is warm
			before, err := standin.ReadCounts("")
			if err != nil {
				return err
			}
			if err := torch.Do(torch.Mode{Train: true, Grad: true, Compute: torch.BFloat16, Device: d}, func(p *torch.Pass) error {
				in, err := config.Pack(p, batch)
				if err != nil {
					return err
				}
				p.Backward(n.Loss(p, in, targets, 1).Total, nil)
				return nil
			}); err != nil {
				return err
			}
			now, err := standin.ReadCounts("")
			if err != nil {
				return err
			}
			step = now.Since(before)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	launches := step.Operators()
	copies := step["aten::copy_"] + step["aten::zero_"] + step["aten::fill_"]
	t.Logf("%d launches, of which %d copies, casts and fills: %v", launches, copies, step)
	if launches > 291 {
		t.Errorf("%d launches, at most 291 are allowed", launches)
	}
	if copies > 1 {
		t.Errorf("%d casts, copies and fills, at most 1 is allowed", copies)
	}
	if n := step[standin.Allocations] + step[standin.Synchronisations]; n > 0 {
		t.Errorf("%d allocations, %d waits: none is allowed", step[standin.Allocations], step[standin.Synchronisations])
	}
	for name := range step {
		if strings.HasPrefix(name, "aten::add_") {
			t.Errorf("%s: gradients are added by the products that make them", name)
		}
	}
}
