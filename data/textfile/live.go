package textfile

import (
	"bytes"
	"context"
	"errors"
	"io"
	"time"
)

// ErrPause says that a [Live] input has nothing more for now. It is no end: the next call waits again.
var ErrPause = errors.New("textfile: the input pauses")

// Pause is how long nothing must come, as a rule.
const Pause = 50 * time.Millisecond

// Live is an input that somebody may still be writing, such as a pipe. Whoever reads it can tell a pause from the end, and
// use what has come so far instead of waiting for more.
type Live struct {
	chunks  chan chunk
	rest    []byte // of the last chunk
	err     error  // after it
	pause   time.Duration
	pausing bool // pauses are told
	stopped <-chan struct{}
}

// chunk is what one read gave.
type chunk struct {
	bytes []byte
	err   error
}

// chunkSize is how much is read at once.
const chunkSize = 1 << 16

// NewLive reads from r in a goroutine of its own, a few chunks ahead, until its end. Whoever waits for more when the context ends
// gets context.Canceled; the goroutine stays behind while r gives nothing. A pause of 0 is never told.
func NewLive(ctx context.Context, r io.Reader, pause time.Duration) *Live {
	l := &Live{chunks: make(chan chunk, 2), pause: pause, stopped: ctx.Done()}
	go func() {
		buffer := make([]byte, chunkSize)
		for {
			n, err := r.Read(buffer)
			select {
			case l.chunks <- chunk{bytes.Clone(buffer[:n]), err}:
			case <-l.stopped:
				return
			}
			if err != nil {
				return
			}
		}
	}()
	return l
}

// Read is io.Reader's. Where pauses are told, it waits for a moment only, and then gives [ErrPause].
func (l *Live) Read(p []byte) (int, error) {
	for len(l.rest) == 0 && l.err == nil {
		if err := l.next(); err != nil {
			return 0, err
		}
	}
	if len(l.rest) == 0 {
		return 0, l.err
	}
	n := copy(p, l.rest)
	l.rest = l.rest[n:]
	return n, nil
}

// next waits for a chunk.
func (l *Live) next() error {
	var over <-chan time.Time
	if l.pausing && l.pause > 0 {
		over = time.After(l.pause)
	}
	select {
	case c := <-l.chunks:
		l.rest, l.err = c.bytes, c.err
		return nil
	case <-over:
		return ErrPause
	case <-l.stopped:
		return context.Canceled
	}
}
