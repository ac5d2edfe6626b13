package run

import (
	"testing"

	"gobert/internal/torch"
)

func TestPeakIsMeasuredOnTheCPU(t *testing.T) {
	p, err := FindPeak(torch.CPU, torch.Float32)
	if err != nil || !p.Measured || p.FLOPs < 1e8 {
		t.Errorf("peak %+v, %v", p, err)
	}
}
