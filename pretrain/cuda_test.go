package pretrain

import (
	"testing"

	"gobert/internal/torch/standin"
)

// TestOnCUDA: a run on a GPU that is interrupted, and one that ends early. What it reads is read in the same way on any device.
func TestOnCUDA(t *testing.T) {
	standin.Run(t, standin.Machine{}, "TestInterruptedRunGoesOn", "TestEarlyStop")
}
