//go:build race

package torch

// raceDetector says that the race detector runs, whose own memory grows with what it watches.
const raceDetector = true
