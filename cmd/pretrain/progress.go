package main

import (
	"fmt"
	"time"

	"gobert/internal/cli"
	"gobert/internal/ui"
)

const (
	liveEvery = 100 * time.Millisecond // often enough to look alive
	lineEvery = 30 * time.Second       // in a pipe
	firstLine = 2 * time.Second        // what is shorter needs no progress
)

// progress shows how far reading is: a live line in a terminal, now and then a plain line in a pipe.
type progress struct {
	streams     *cli.Streams
	start, last time.Time
}

func newProgress(s *cli.Streams) *progress {
	now := time.Now()
	return &progress{streams: s, start: now, last: now}
}

// due says whether it is time for the next line.
func (p *progress) due() bool {
	now := time.Now()
	every := lineEvery
	if p.streams.Terminal {
		every = liveEvery
	}
	if p.streams.Quiet || now.Sub(p.start) < firstLine || now.Sub(p.last) < every {
		return false
	}
	p.last = now
	return true
}

// bytes shows bytes of files read, of total when that is known, and what else there is to say.
func (p *progress) bytes(read, total int64, more string) {
	took := time.Since(p.start)
	speed := float64(read) / took.Seconds()
	line := fmt.Sprintf("%s read, %s/s%s", ui.Bytes(read), ui.Bytes(int64(speed)), more)
	if total > 0 {
		share := min(float64(read)/float64(total), 1)
		left := time.Duration((1 - share) / max(share, 1e-9) * float64(took))
		line = fmt.Sprintf("%3.0f %% of %s, %s/s%s, %s left", 100*share, ui.Bytes(total), ui.Bytes(int64(speed)), more, ui.Span(left))
	}
	p.say(line)
}

func (p *progress) say(line string) {
	if p.streams.Terminal {
		p.streams.Screen.Live(line)
	} else {
		p.streams.Log.Info(line)
	}
}

// done takes the live line away.
func (p *progress) done() { p.streams.Screen.Live("") }
