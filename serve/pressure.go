package serve

import "time"

// pressure tells lasting overload from a crowd that comes at once, or that asks again when it is answered: these are served, whatever they wait,
// while the queue has room. Where more is offered than can be computed, and goes on to be, the queue would only grow, and everybody would wait
// for all of it: then whoever would wait for longer than a bearable time is refused at once.
type pressure struct {
	bearable time.Duration // that a request waits under lasting overload; 0: there is no such bound

	above   time.Time // since when requests would wait for longer
	lasting bool
	began   time.Time // of the window
	offered float64   // tokens that came in it, refused ones too
	before  float64   // tokens a second of the window before
}

const (
	bearable = 100 * time.Millisecond
	window   = time.Second
	patience = time.Second // for so long may requests wait for longer before it is called lasting
	excess   = 1.2         // of what is offered over what is computed, more than luck
)

// refuses notes a request's tokens, and says whether it comes too much: behind so many that are computed at a rate.
func (p *pressure) refuses(now time.Time, tokens, behind int, rate float64) bool {
	if p.bearable == 0 || rate == 0 {
		return false
	}
	if since := now.Sub(p.began); since > window {
		if p.before = p.offered / since.Seconds(); p.before < rate {
			p.lasting = false
		}
		p.began, p.offered = now, 0
	}
	p.offered += float64(tokens)
	long := float64(behind) > rate*p.bearable.Seconds()
	switch {
	case !long:
		p.above = time.Time{}
	case p.above.IsZero():
		p.above = now
	case now.Sub(p.above) > patience && p.before > excess*rate:
		p.lasting = true
	}
	return long && p.lasting
}
