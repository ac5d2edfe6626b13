package main

import (
	"fmt"

	"gobert/internal/cli"
	"gobert/internal/torch"
)

// computing are the flags that say where and how it is computed.
type computing struct {
	Device  string `default:"auto" group:"Computing" help:"auto, cpu, cuda or cuda:N."`
	Threads int    `group:"Computing" help:"Threads of one operator; 0: all cores."`
	Compute string `default:"fp32" enum:"fp32,bf16,fp16" group:"Computing" help:"Type of activations and products: fp32, bf16 or fp16."`
}

// setThreads tells LibTorch how many threads an operator may take.
func (c *computing) setThreads(s *cli.Streams) error {
	if c.Threads == 0 {
		return nil
	}
	if err := torch.SetThreads(c.Threads); err != nil {
		return &cli.UsageError{Err: fmt.Errorf("--threads: %w", err)}
	}
	if crowded := torch.Crowded(c.Threads); crowded != "" {
		s.Log.Warn("--threads: " + crowded)
	}
	return nil
}
