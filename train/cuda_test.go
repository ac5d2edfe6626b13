package train

import (
	"testing"

	"gobert/internal/torch/standin"
)

// TestOnCUDA: steps, resuming, saving and evaluating on a GPU.
func TestOnCUDA(t *testing.T) {
	standin.Run(t, standin.Machine{}, "TestTwentyStepsEqualTheReference", "TestTypesLearnAlike", "TestInterruptedRunEndsWithTheSameBits",
		"TestInterruptedHalfRunEndsWithTheSameBits",
		"TestFullDiskKeepsTheLastGoodCheckpoint", "TestLastCheckpointHoldsItsEvaluation", "TestCountsOfAStep", "TestUploadsOfAStep", "TestCopiesOfAnEvaluation",
		"TestFrozenParametersStay", "TestRatesOfLayers", "TestNotFiniteGradientStopsBeforeTheUpdate")
	for _, machine := range []standin.Machine{{}, {Shuffle: 3}} {
		t.Run(machine.String(), func(t *testing.T) {
			standin.Run(t, machine, "TestUpdatesWaitForTheCopies", "TestTrainingGoesOnWhileItIsSaved")
		})
	}
	standin.Run(t, standin.Machine{}, "TestKilledRunEndsWithTheSameBits")
	standin.Run(t, standin.Machine{}, "TestRecordedRunsEndWithTheSameBits", "TestBucketsChangeNothing")
	standin.Run(t, standin.Machine{Refuse: true}, "TestStepsWithoutKernelsAreNotRecorded", "TestPartsNeedKernels")
	standin.Run(t, standin.Machine{Memory: 5}, "TestModelWithoutRoom")
}
