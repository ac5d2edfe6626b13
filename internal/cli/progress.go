package cli

import (
	"fmt"
	"time"

	"gobert/internal/ui"
)

const (
	liveEvery = 100 * time.Millisecond // often enough to look alive
	lineEvery = 30 * time.Second       // in a pipe
	firstLine = 2 * time.Second        // what is shorter needs no progress
)

// Progress shows how far a work is: a live line in a terminal, now and then a plain line in a pipe.
type Progress struct {
	streams     *Streams
	start, last time.Time
}

// Progress begins one.
func (s *Streams) Progress() *Progress {
	now := time.Now()
	return &Progress{streams: s, start: now, last: now}
}

// Took is the time since the beginning.
func (p *Progress) Took() time.Duration { return time.Since(p.start) }

// Due says whether it is time for the next line.
func (p *Progress) Due() bool {
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

// Say shows a line.
func (p *Progress) Say(format string, args ...any) {
	if line := fmt.Sprintf(format, args...); p.streams.Terminal {
		p.streams.Screen.Live(line)
	} else {
		p.streams.Log.Info(line)
	}
}

// Count shows how many of something are done, where that is due.
func (p *Progress) Count(done int, what string) {
	if took := p.Took(); p.Due() {
		p.Say("%d %s, %.0f/s, %s", done, what, float64(done)/took.Seconds(), ui.Span(took))
	}
}

// Of shows how many of a known number are done, and how long the others will take, where that is due.
func (p *Progress) Of(done, total int) {
	if p.Due() {
		p.Say("%d of %d, %s left", done, total, p.left(float64(done)/float64(max(total, 1))))
	}
}

// Bytes shows bytes of files read, of total when that is known, and what else there is to say.
func (p *Progress) Bytes(read, total int64, more string) {
	speed := ui.Bytes(int64(float64(read) / p.Took().Seconds()))
	if total > 0 {
		share := min(float64(read)/float64(total), 1)
		p.Say("%3.0f %% of %s, %s/s%s, %s left", 100*share, ui.Bytes(total), speed, more, p.left(share))
		return
	}
	p.Say("%s read, %s/s%s", ui.Bytes(read), speed, more)
}

func (p *Progress) left(share float64) string {
	return ui.Span(time.Duration((1/max(share, 1e-9) - 1) * float64(p.Took())))
}

// Done takes the live line away.
func (p *Progress) Done() { p.streams.Screen.Live("") }

// Downloads tells that the hub is asked for a model, so that nobody wonders about a mistyped path, and how far its files are.
func Downloads(s *Streams) func(file string, done, total int64) {
	p := s.Progress()
	return func(file string, done, total int64) {
		switch {
		case total < 0:
			s.Log.Info("no folder here has that name; asking for " + file)
		case done >= total:
			p.Done()
		case p.Due():
			p.Say("%s: %s of %s", file, ui.Bytes(done), ui.Bytes(total))
		}
	}
}
