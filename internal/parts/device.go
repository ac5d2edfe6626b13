package parts

import (
	"fmt"

	"gobert/internal/fault"
	"gobert/internal/ranks"
	"gobert/internal/torch"
)

// DeviceOf is the name of a rank's device: of several ranks on a machine each has its own GPU, by its number there. A launcher that shows each
// a single one has chosen; that it is another's too is found when they are connected.
func DeviceOf(name string, place ranks.Place) (string, error) {
	if place.LocalSize <= 1 || name != "cuda" && name != "auto" {
		return name, nil
	}
	switch count := torch.CUDACount(); {
	case count <= 1:
		return name, nil
	case place.LocalSize > count:
		return "", fault.Usage("this machine has %d GPUs for its %d ranks: expected one each", count, place.LocalSize).Advise("{ranks} auto, or {device} cpu")
	}
	return fmt.Sprint("cuda:", place.LocalRank), nil
}
