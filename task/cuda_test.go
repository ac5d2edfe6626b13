package task

import (
	"testing"

	"gobert/bert"
	"gobert/internal/torch"
	"gobert/internal/torch/standin"
)

// device is where tests run: the CPU, or what GOBERT_TEST_DEVICE names.
func device(t *testing.T) torch.Device {
	t.Helper()
	d, err := torch.ParseDevice(standin.Device())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// moveTo brings a model to a device.
func moveTo(t *testing.T, m *Model, d torch.Device) {
	t.Helper()
	if _, err := bert.Flatten(m.Network, d); err != nil {
		t.Fatal(err)
	}
	m.Device = d
}

// TestOnCUDA: losses of each head, and what their steps ask of a GPU.
func TestOnCUDA(t *testing.T) {
	standin.Run(t, standin.Machine{}, "TestLossesAreTheCPUs", "TestCountsOfAStep")
}
