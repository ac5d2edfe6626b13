package finetune

import (
	"testing"

	"gobert/internal/torch/standin"
)

// TestOnCUDA: runs that are stopped and go on, half precision, activations computed again and adapters on a GPU.
func TestOnCUDA(t *testing.T) {
	standin.Run(t, standin.Machine{}, "TestInterruptedRunEndsWithTheSameBits", "TestActivationsComputedAgainGiveTheSameBits",
		"TestHalfPrecisionLearnsTheSame", "TestMergedModelKeepsItsPooling", "TestKilledAtTheVeryEnd")
}

// TestKilledOnCUDA: most of a run's time on a GPU something is being saved beside it.
func TestKilledOnCUDA(t *testing.T) {
	standin.Run(t, standin.Machine{}, "TestKilledRunEndsWithTheSameBits")
}
