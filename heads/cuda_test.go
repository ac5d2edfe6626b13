package heads

import (
	"math"
	"strings"
	"testing"

	"gobert/internal/testkit"
	"gobert/internal/torch"
	"gobert/internal/torch/standin"
)

// TestOnCUDA: heads, losses and dropout on a GPU.
func TestOnCUDA(t *testing.T) {
	standin.Run(t, standin.Machine{}, "TestHeadsEqualTheReference", "TestWeighedAndSmoothedLossesEqualTheReference",
		"TestDevicesAgree", "TestComputingAgainGivesTheSameGradients", "TestSeedDeterminesAStep")
}

// TestDropoutOnEveryCard: computing again draws the same masks by every kind of attention that cards have.
func TestDropoutOnEveryCard(t *testing.T) {
	for _, capability := range []string{"7.5", "8.6"} {
		t.Run(capability, func(t *testing.T) {
			standin.Run(t, standin.Machine{Capability: capability}, "TestComputingAgainGivesTheSameGradients", "TestSeedDeterminesAStep")
		})
	}
}

// TestWithoutKernels: LibTorch's operators take the place of kernels that a card's compiler refuses.
func TestWithoutKernels(t *testing.T) {
	standin.Run(t, standin.Machine{Refuse: true}, "TestDevicesAgree", "TestComputingAgainGivesTheSameGradients")
}

// types are the compute types, with what a gradient computed in them may be off, relative to its largest value.
var types = map[torch.DType]float64{torch.Float32: 1e-5, torch.BFloat16: 0.1, torch.Float16: 0.02}

// TestDevicesAgree: a step on the device has the loss and the gradients of the CPU's, which drops the same elements of the
// hidden states.
func TestDevicesAgree(t *testing.T) {
	d := device(t)
	for compute, allowed := range types {
		t.Run(compute.String(), func(t *testing.T) {
			step := trial{compute: torch.Float32, hidden: 0.1}
			loss, want := step.run(t)
			step.device, step.compute = d, compute
			here, got := step.run(t)
			testkit.Compare(t, "loss", []float32{here}, []float32{loss}, allowed)
			compareAll(t, got, want, allowed)
		})
	}
}

// TestComputingAgainGivesTheSameGradients: where activations are computed again, all masks are drawn again as they were.
func TestComputingAgainGivesTheSameGradients(t *testing.T) {
	for compute := range types {
		t.Run(compute.String(), func(t *testing.T) {
			step := trial{device: device(t), compute: compute, hidden: 0.1, attention: 0.1}
			loss, want := step.run(t)
			step.recompute = true
			again, got := step.run(t)
			if again != loss {
				t.Errorf("the loss is %v, kept %v", again, loss)
			}
			compareAll(t, got, want, 1e-6)
		})
	}
}

// TestSeedDeterminesAStep: a step is a function of its number and the seed; what else was drawn meanwhile changes nothing.
func TestSeedDeterminesAStep(t *testing.T) {
	d := device(t)
	step := trial{device: d, compute: torch.BFloat16, hidden: 0.1, attention: 0.1}
	loss, want := step.run(t)
	for _, seed := range []uint64{1, 2} {
		if err := torch.Seed(seed, d); err != nil {
			t.Fatal(err)
		}
		again, got := step.run(t)
		if again != loss {
			t.Errorf("the loss is %v, before it was %v", again, loss)
		}
		compareAll(t, got, want, 0)
	}
	step.hidden = 0
	without, _ := step.run(t)
	step.step++
	if other, _ := step.run(t); other == without {
		t.Errorf("another step drops the same probabilities of attention: both losses are %v", other)
	}
}

func compareAll(t *testing.T, got, want map[string][]float32, allowed float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d gradients, want %d", len(got), len(want))
	}
	for name, g := range got {
		if strings.HasSuffix(name, "key.bias") { // rounding noise around 0
			continue
		}
		if allowed > 0 {
			testkit.Compare(t, "gradient of "+name, g, want[name], allowed)
			continue
		}
		for i := range g {
			if math.Float32bits(g[i]) != math.Float32bits(want[name][i]) {
				t.Fatalf("gradient of %s: element %d is %v, want the very bits of %v", name, i, g[i], want[name][i])
			}
		}
	}
}
