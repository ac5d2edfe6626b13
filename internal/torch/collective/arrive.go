package collective

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"gobert/internal/fault"
	"gobert/internal/ranks"
)

// comer is what a rank says of itself when it comes.
type comer struct {
	Where   string // for messages: its process and machine
	Address string // on the way to the store; "" where it keeps it
}

// arrive enters this rank.
func (w *World) arrive(address string) error {
	gone := func(err error) error {
		return fault.New("collective: the store that rank 0 keeps at %s: %w", w.place.Meeting(), err)
	}
	host, err := os.Hostname()
	if err != nil {
		host = "a machine without a name"
	}
	n, err := w.store.add(of("here", w.place.Rank), 1)
	if err != nil {
		return gone(err)
	}
	if n > 1 {
		first, _ := w.who(w.place.Rank)
		return fault.New("collective: rank %d is here already (%s), and was started again as pid %d on %s", w.place.Rank, first.Where, os.Getpid(), host).
			Advise("another run meets at %s, or the launcher gave two processes one rank", w.place.Meeting())
	}
	text, err := json.Marshal(comer{fmt.Sprintf("pid %d on %s", os.Getpid(), host), address})
	if err != nil {
		return err
	}
	if err = w.store.set(of("who", w.place.Rank), string(text)); err == nil {
		_, err = w.store.add("came", 1)
	}
	if err != nil {
		return gone(err)
	}
	return nil
}

// who is what a rank said when it came; nothing where it has not.
func (w *World) who(rank int) (c comer, err error) {
	text, err := w.store.get(of("who", rank))
	if err == nil && text != "" {
		err = json.Unmarshal([]byte(text), &c)
	}
	return c, err
}

// where is a rank's process and machine, once all know it; it asks nobody.
func (w *World) where(rank int) string {
	if rank < len(w.roster) {
		return w.roster[rank].Where
	}
	return ""
}

// tellEvery is how often rank 0 says whom it waits for.
const tellEvery = 10 * time.Second

// waitForAll waits until every rank has arrived, and reads the roster.
func (w *World) waitForAll(ctx context.Context) error {
	size := strconv.Itoa(w.place.Size)
	if others, err := w.store.claim("size", size); err != nil {
		return w.watch.declare(w.watch.storeGone(err))
	} else if others != size {
		return w.Fail(fault.Usage("it was told of %s ranks, and others of %s", size, others))
	}
	late, cancel := context.WithTimeout(ctx, w.opts.Patience)
	defer cancel()
	told := time.Now()
	err := poll(late, w.watch.done, func() (bool, error) {
		text, err := w.store.get("came")
		if n, _ := strconv.Atoi(text); err != nil || n >= w.place.Size {
			return err == nil, err
		}
		if w.opts.Tell != nil && w.place.First() && time.Since(told) > tellEvery {
			told = time.Now()
			w.opts.Tell(w.missing())
		}
		return false, nil
	})
	switch {
	case err == nil:
		return w.readRoster(ctx)
	case errors.Is(err, errLost):
		return w.watch.verdict()
	case ctx.Err() != nil:
		return w.Fail(ctx.Err())
	case errors.Is(err, context.DeadlineExceeded):
		if missing := w.missing(); len(missing) > 0 {
			return w.watch.declare(ranks.Lost{
				Rank: missing[0], Kind: ranks.Absent,
				Reason: fmt.Sprintf("%s of %d did not come to %s within %v", ranks.Names(missing), w.place.Size, w.place.Meeting(), w.opts.Patience),
			})
		}
	}
	return w.watch.declare(w.watch.storeGone(err))
}

// missing are the ranks that have not come.
func (w *World) missing() (missing []int) {
	for rank := range w.place.Size {
		if c, err := w.who(rank); err == nil && c.Where == "" {
			missing = append(missing, rank)
		}
	}
	return missing
}

// readRoster is how all learn where the others are: rank 0 writes it, so that everyone asks for one key and not for each rank's.
func (w *World) readRoster(ctx context.Context) error {
	if w.place.First() {
		roster := make([]comer, w.place.Size)
		for rank := range roster {
			c, err := w.who(rank)
			if err != nil {
				return w.watch.declare(w.watch.storeGone(err))
			}
			roster[rank] = c
		}
		text, err := json.Marshal(roster)
		if err == nil {
			err = w.store.set("roster", string(text))
		}
		if err != nil {
			return w.watch.declare(w.watch.storeGone(err))
		}
	}
	text, err := w.await(ctx, 0, "roster")
	if err != nil {
		return err
	}
	w.watch.mu.Lock()
	defer w.watch.mu.Unlock()
	w.watch.next = (w.place.Rank + 1) % w.place.Size
	return json.Unmarshal([]byte(text), &w.roster)
}
