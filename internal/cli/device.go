package cli

import (
	"fmt"
	"log/slog"

	"gobert/internal/torch"
)

// Numerics are the flags of both commands that say how exactly a GPU computes. Like the device itself they are no part of a run's
// settings: a run may be resumed with others.
type Numerics struct {
	TF32          bool `name:"tf32" json:"-" group:"Computing" help:"On a GPU: round the factors of fp32 products to 10 bits of mantissa. Much faster; about three digits are right."`
	Deterministic bool `json:"-" group:"Computing" help:"On a GPU: the same bits in every run. Somewhat slower; on the CPU it is always so."`
}

// Apply tells LibTorch.
func (n Numerics) Apply() error {
	if err := torch.SetTF32(n.TF32); err != nil {
		return err
	}
	return torch.SetDeterministic(n.Deterministic)
}

// CheckDevice finds out whether a device can be used before anything else is done, and says why "auto" takes the CPU on a
// machine that has a GPU.
func CheckDevice(device string, log *slog.Logger) error {
	if _, err := torch.ParseDevice(device); err != nil {
		return &UsageError{fmt.Errorf("--device: %w", err)}
	}
	if why := torch.Unused(); device == "auto" && why != nil {
		log.Warn("--device auto takes the CPU: " + why.Error())
	}
	return nil
}
