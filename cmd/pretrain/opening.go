package main

import (
	"errors"

	"gobert/internal/cli"
	"gobert/pipeline"
)

// opening says how a model is opened, if its device and so many threads can be had.
func opening(s *cli.Streams, device, compute string, threads cli.Threads) (pipeline.Options, error) {
	if err := errors.Join(cli.CheckDevice(device, s.Log), threads.Apply(s.Log)); err != nil {
		return pipeline.Options{}, err
	}
	return pipeline.Options{Device: device, Compute: compute, Tell: cli.Downloads(s), Warn: func(message string) { s.Log.Warn(message) }}, nil
}
