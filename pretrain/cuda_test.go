package pretrain

import (
	"testing"

	"gobert/internal/torch/standin"
)

// TestOnCUDA: a run on a GPU that is interrupted, and one that ends early.
func TestOnCUDA(t *testing.T) {
	standin.Run(t, standin.Machine{}, "TestInterruptedRunGoesOn", "TestRunOnRecordsGoesOn", "TestEarlyStop")
}
