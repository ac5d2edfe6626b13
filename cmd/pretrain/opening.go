package main

import (
	"gobert/bert"
	"gobert/internal/cli"
)

// opening says how a model is opened.
func opening(s *cli.Streams, device, compute string) bert.Options {
	return bert.Options{Device: device, Compute: compute, Progress: cli.Downloads(s), Warn: func(message string) { s.Log.Warn(message) }}
}
