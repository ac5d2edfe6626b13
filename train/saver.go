package train

import (
	"errors"

	"gobert/internal/fault"
	"gobert/internal/torch"
)

// A saver writes in the background, one thing after another: what it is given was taken at a step and does not change meanwhile.
// It belongs to the goroutine that trains.
type saver struct {
	snapshot
	writings []*writing // that were begun and not yet seen to end, the oldest first
}

// A writing ends whole or not at all.
type writing struct {
	what string // tells it from others
	done chan struct{}
	err  error  // read when done is closed
	told func() // what is to be done on the training goroutine when it has gone well; may be nil
}

// errNotBegun is a writing's that stands behind one that failed: what it says may rest on what was to be there.
var errNotBegun = errors.New("train: what was to be written before it failed")

// begin writes behind everything that was begun before.
func (s *saver) begin(what string, write func() error, told func()) {
	var before *writing
	if n := len(s.writings); n > 0 {
		before = s.writings[n-1]
	}
	w := &writing{what: what, done: make(chan struct{}), told: told}
	s.writings = append(s.writings, w)
	go func() {
		defer close(w.done)
		if before != nil {
			if <-before.done; before.err != nil {
				w.err = errNotBegun
				return
			}
		}
		if w.err = s.wait(); w.err == nil {
			w.err = fault.Caught(write)
		}
	}()
}

// ended looks after what has been written by now, or, to wait, after all. The error is of the first that failed.
func (s *saver) ended(wait bool) error {
	for len(s.writings) > 0 {
		w := s.writings[0]
		if !wait {
			select {
			case <-w.done:
			default:
				return nil
			}
		}
		if <-w.done; w.err != nil {
			for _, other := range s.writings {
				<-other.done
			}
			s.writings = nil
			return w.err
		}
		s.writings = s.writings[1:]
		if w.told != nil {
			w.told()
		}
	}
	return nil
}

// writing says whether something is being written.
func (s *saver) writing(what string) bool {
	for _, w := range s.writings {
		if w.what == what {
			return true
		}
	}
	return false
}

// endedAfter adds what became of the writings to the error that ends a run. A device that was lost to the run is lost to them
// too, and told once.
func (s *saver) endedAfter(err error) error {
	late := s.ended(true)
	var fault *torch.Error
	if errors.As(err, &fault) && errors.As(late, &fault) {
		return err
	}
	return errors.Join(err, late)
}
