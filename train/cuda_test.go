package train

import (
	"testing"

	"gobert/internal/torch/standin"
)

// TestOnCUDA: steps, resuming, saving and evaluating on a GPU.
func TestOnCUDA(t *testing.T) {
	standin.Run(t, standin.Machine{}, "TestTwentyStepsEqualTheReference", "TestTypesLearnAlike", "TestInterruptedRunEndsWithTheSameBits",
		"TestInterruptedHalfRunEndsWithTheSameBits",
		"TestFullDiskKeepsTheLastGoodCheckpoint", "TestCountsOfAStep", "TestUploadsOfAStep", "TestCopiesOfAnEvaluation",
		"TestFrozenParametersStay", "TestRatesOfLayers", "TestNotFiniteGradientStopsBeforeTheUpdate")
	standin.Run(t, standin.Machine{Memory: 5}, "TestModelWithoutRoom")
}
