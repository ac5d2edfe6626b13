package main

import (
	"fmt"

	"gobert/bert"
	"gobert/internal/cli"
)

// downloads shows how far a model's files are.
func downloads(s *cli.Streams) func(file string, done, total int64) {
	if !s.Terminal || s.Quiet {
		return nil
	}
	return func(file string, done, total int64) {
		line := fmt.Sprintf("%s: %d of %d MiB", file, done>>20, total>>20)
		if done == total {
			line = ""
		}
		s.Screen.Live(line)
	}
}

// opening says how a model is opened.
func opening(s *cli.Streams, device, compute string) bert.Options {
	return bert.Options{Device: device, Compute: compute, Progress: downloads(s), Warn: func(message string) { s.Log.Warn(message) }}
}
