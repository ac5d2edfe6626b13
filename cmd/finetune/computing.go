package main

import (
	"gobert/internal/cli"
	"gobert/train"
)

// computing are the flags that say where and how it is computed.
type computing struct {
	train.Machine
	Compute string `default:"fp32" enum:"fp32,bf16,fp16" group:"Computing" help:"Type of activations and products: fp32, bf16 or fp16."`
}

// prepare sees whether the device is there, and tells LibTorch how to compute.
func (c *computing) prepare(s *cli.Streams) error { return c.Prepare(s.Log) }
