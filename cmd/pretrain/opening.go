package main

import (
	"errors"

	"gobert/bert"
	"gobert/internal/cli"
)

// opening says how a model is opened, if its device and so many threads can be had.
func opening(s *cli.Streams, device, compute string, threads cli.Threads) (bert.Options, error) {
	if err := errors.Join(cli.CheckDevice(device, s.Log), threads.Apply(s.Log)); err != nil {
		return bert.Options{}, err
	}
	return bert.Options{Device: device, Compute: compute, Progress: cli.Downloads(s), Warn: func(message string) { s.Log.Warn(message) }}, nil
}
