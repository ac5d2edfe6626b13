package run

import (
	"cmp"
	"errors"
	"log/slog"

	"gobert/internal/fault"
	"gobert/internal/torch"
)

// Machine says where it is computed, and how exactly. It is no part of what a run is: one may go on elsewhere.
type Machine struct {
	Device        string `json:"-" group:"Computing" default:"auto" help:"auto (a GPU if there is one), cpu, cuda or cuda:N."`
	Threads       int    `json:"-" group:"Computing" default:"0" parallel:"" help:"Threads of one operator on the CPU. 0: all cores."`
	TF32          bool   `name:"tf32" json:"-" group:"Computing" help:"On a GPU: round the factors of fp32 products to 10 bits of mantissa. Much faster; about three digits are right."`
	Deterministic bool   `json:"-" group:"Computing" help:"On a GPU: the same bits in every run. Somewhat slower; on the CPU it is always so."`
}

// Check finds out whether the device can be used before anything else is done, and says why "auto" takes the CPU on a machine that
// has a GPU. No device means cpu.
func (m *Machine) Check(log *slog.Logger) error {
	if _, err := torch.ParseDevice(cmp.Or(m.Device, "cpu")); err != nil {
		return fault.Usage("{device}: %w", err)
	}
	if why := torch.Unused(); m.Device == "auto" && why != nil {
		log.Warn("device auto takes the CPU", "reason", why)
	}
	return nil
}

// Apply tells LibTorch. More threads than cores are told, too.
func (m *Machine) Apply(log *slog.Logger) error {
	if m.Threads > 0 {
		if err := torch.SetThreads(m.Threads); err != nil {
			return fault.New("{threads}: %w", err)
		}
		if crowded := torch.Crowded(m.Threads); crowded != "" {
			log.Warn(crowded)
		}
	}
	return errors.Join(torch.SetTF32(m.TF32), torch.SetDeterministic(m.Deterministic))
}

// Prepare is Check and Apply.
func (m *Machine) Prepare(log *slog.Logger) error { return errors.Join(m.Check(log), m.Apply(log)) }

// Resolve finds the device and the type of computing, and writes the type's name in the place of auto: a run goes on with the type
// that it was begun with, wherever that is. No device means cpu.
func (c *Computing) Resolve() (d torch.Device, compute torch.DType, err error) {
	if c.BF16 {
		c.Compute = "bf16"
	}
	if d, err = torch.ParseDevice(cmp.Or(c.Device, "cpu")); err != nil {
		return d, 0, fault.Usage("{device}: %w", err)
	}
	if compute, err = torch.ParseComputeOn(d, c.Compute); err != nil {
		return d, 0, fault.Usage("{compute}: %w", err)
	}
	c.Compute = map[torch.DType]string{torch.Float32: "fp32", torch.BFloat16: "bf16", torch.Float16: "fp16"}[compute]
	return d, compute, nil
}
