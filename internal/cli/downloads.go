package cli

import (
	"fmt"
	"time"

	"gobert/internal/ui"
)

// A pipe gets a line about a download that lasts, now and then.
const downloadEvery = 30 * time.Second

// Downloads tells that the hub is asked for a model, so that nobody wonders about a mistyped path, and how far its files are: a
// live line in a terminal, a line now and then in a pipe.
func Downloads(s *Streams) func(file string, done, total int64) {
	last := time.Now()
	return func(file string, done, total int64) {
		line := fmt.Sprintf("%s: %s of %s", file, ui.Bytes(done), ui.Bytes(total))
		switch {
		case total < 0:
			s.Log.Info("no folder here has that name; asking for " + file)
		case s.Quiet:
		case s.Terminal && done >= total:
			s.Screen.Live("")
		case s.Terminal:
			s.Screen.Live(line)
		case time.Since(last) >= downloadEvery:
			last = time.Now()
			s.Log.Info(line)
		}
	}
}
