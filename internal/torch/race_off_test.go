//go:build !race

package torch

// raceDetector says that the race detector does not run.
const raceDetector = false
