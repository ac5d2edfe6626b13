package main

import (
	"errors"

	"gobert/internal/cli"
)

// computing are the flags that say where and how it is computed.
type computing struct {
	Device  string      `default:"auto" group:"Computing" help:"auto, cpu, cuda or cuda:N."`
	Threads cli.Threads `group:"Computing" help:"Threads of one operator; 0: all cores."`
	cli.Numerics
	Compute string `default:"fp32" enum:"fp32,bf16,fp16" group:"Computing" help:"Type of activations and products: fp32, bf16 or fp16."`
}

// prepare sees whether the device is there, and tells LibTorch how to compute.
func (c *computing) prepare(s *cli.Streams) error {
	return errors.Join(cli.CheckDevice(c.Device, s.Log), c.Threads.Apply(s.Log), c.Apply())
}
