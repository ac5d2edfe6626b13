package collective

import (
	"encoding/json"
	"time"

	"gobert/internal/ranks"
)

// verdictKey holds who was lost first. Whoever finds out claims it before closing anything of its own, so that a connection that is closed
// in consequence is never taken for the cause.
const verdictKey = "verdict"

func decode(text string) ranks.Lost {
	var lost ranks.Lost
	if err := json.Unmarshal([]byte(text), &lost); err != nil {
		lost.Reason = "the verdict in the store cannot be read: " + err.Error()
	}
	return lost
}

// verdict is the rank that was lost, or nil.
func (w *watch) verdict() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.lost == nil {
		return nil // not a nil *Lost in an error
	}
	return w.lost
}

// declare gives the world's verdict: the one here, unless another rank was first. Where the store is gone, so is its keeper: what else broke
// off did so in consequence.
func (w *watch) declare(lost ranks.Lost) error {
	if known := w.verdict(); known != nil {
		return known
	}
	text, err := json.Marshal(lost)
	if err != nil {
		return err
	}
	answer := make(chan ranks.Lost, 1)
	w.asking.Go(func() {
		held, err := w.store.claim(verdictKey, string(text))
		if err != nil {
			answer <- w.storeGone(err)
			return
		}
		answer <- decode(held)
	})
	select {
	case lost = <-answer:
	case <-w.done:
	case <-w.spent(w.stale()):
		w.silent.Store(true)
		lost = w.storeGone(errSilent)
	}
	w.adopt(lost)
	return w.verdict()
}

// adopt makes a verdict this rank's own, unless it has one, and makes everything return that waits. The keeper of the store counts
// those who know.
func (w *watch) adopt(lost ranks.Lost) {
	w.mu.Lock()
	first := w.lost == nil
	if first {
		if lost.Where == "" {
			lost.Where = w.where(lost.Rank)
		}
		w.lost = &lost
		for p := range w.waits {
			if p.work != nil {
				p.work.Abort()
			}
		}
		close(w.done)
	}
	w.mu.Unlock()
	if first {
		w.asking.Go(func() { _, _ = w.store.add("know", 1) }) // a keeper that is gone does not count
	}
}

// linger keeps the store until all who live know the verdict, or had time enough for several looks.
func (w *watch) linger() {
	w.mu.Lock()
	away := w.lost.Away
	w.mu.Unlock()
	for end := time.Now().Add(w.timeout / 2); time.Now().Before(end); time.Sleep(pollEvery) {
		came, err := w.store.add("came", 0)
		if know, known := w.store.add("know", 0); err != nil || known != nil || know >= came-away {
			return
		}
	}
}
