package main

import (
	"gobert/internal/cli"
	"gobert/pipeline"
	"gobert/train"
)

// opening says how a model is opened, if its device and so many threads can be had.
func opening(s *cli.Streams, device, compute string, threads int) (pipeline.Options, error) {
	m := train.Machine{Device: device, Threads: threads}
	if err := m.Prepare(s.Log); err != nil {
		return pipeline.Options{}, err
	}
	return pipeline.Options{Device: device, Compute: compute, Tell: cli.Downloads(s), Warn: func(message string) { s.Log.Warn(message) }}, nil
}
