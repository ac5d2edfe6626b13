package collective

import (
	"context"
	"errors"
	"time"
)

// pollEvery is how often the store is asked for what others write, at first; later it is asked less often.
const (
	pollEvery  = 20 * time.Millisecond
	pollSeldom = 500 * time.Millisecond
)

// errLost ends a poll with the verdict.
var errLost = errors.New("collective: a rank is lost")

// poll asks until it is so, or the context ends, or done is closed, which may be nil.
func poll(ctx context.Context, done <-chan struct{}, so func() (bool, error)) error {
	for pause := pollEvery; ; pause = min(pause*5/4, pollSeldom) {
		if yes, err := so(); yes || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-done:
			return errLost
		case <-time.After(pause):
		}
	}
}
