package bert

import (
	"testing"

	"gobert/internal/torch/standin"
)

// TestOnCUDA: outputs and gradients equal the reference on a GPU, too.
func TestOnCUDA(t *testing.T) {
	standin.Run(t, standin.Machine{}, "TestOutputsEqualTheReference", "TestGradientsEqualTheReference", "TestAdaptersOfALoadedModel", "TestWhatCameLaterIsTrained")
}

// TestTypesOnEveryCard: each compute type gives its numbers on every generation of cards, by the attention that the card has.
func TestTypesOnEveryCard(t *testing.T) {
	for _, capability := range []string{"7.5", "8.0", "8.6", "9.0", "10.0", "12.0"} {
		t.Run(capability, func(t *testing.T) {
			standin.Run(t, standin.Machine{Capability: capability}, "TestFP32GivesTheReferencesNumbers",
				"TestBF16StaysWithinTheReferencesOwnDistance", "TestFP16GivesSensibleNumbers")
		})
	}
}
