package main

import "gobert/internal/cli"

// computing are the flags that say where and how it is computed.
type computing struct {
	Device  string      `default:"auto" group:"Computing" help:"auto, cpu, cuda or cuda:N."`
	Threads cli.Threads `group:"Computing" help:"Threads of one operator; 0: all cores."`
	Compute string      `default:"fp32" enum:"fp32,bf16,fp16" group:"Computing" help:"Type of activations and products: fp32, bf16 or fp16."`
}
