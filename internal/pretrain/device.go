package pretrain

import (
	"fmt"

	"gobert/internal/torch"
)

// where reads the device and the compute type; "auto" looks at the machine.
func where(device, compute string) (torch.Device, torch.DType, error) {
	d, err := torch.ParseDevice(device)
	if err != nil {
		return d, 0, fmt.Errorf("--device: %w", err)
	}
	dtype, err := torch.ParseComputeOn(d, compute)
	if err != nil {
		return d, 0, fmt.Errorf("--compute: %w", err)
	}
	return d, dtype, nil
}

func computeName(t torch.DType) string {
	return map[torch.DType]string{torch.Float32: "fp32", torch.BFloat16: "bf16", torch.Float16: "fp16"}[t]
}
