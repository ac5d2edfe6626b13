package collective

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"gobert/internal/ranks"
)

// watch lets others see that this rank lives, looks whether those live that it waits for, and knows the verdict. It has a connection to
// the store of its own, and runs beside whatever the rank computes.
type watch struct {
	place   ranks.Place
	timeout time.Duration // without a sign of life
	limit   time.Duration // for a rank that lives and does not come
	where   func(rank int) string
	store   *store

	done   chan struct{} // closed with the verdict
	quit   chan struct{}
	ended  sync.WaitGroup // the loop
	asking sync.WaitGroup // what asks the store
	silent atomic.Bool    // the store does not answer: whoever asks it may wait for ever
	mu     sync.Mutex
	lost   *ranks.Lost
	waits  map[*pending]bool
	beats  map[int]beat // of the ranks that are looked at
	looked time.Time    // when that was last
	next   int          // the rank after this one, which is looked at always, once all have come; before, it is this one
}

// pending is something that waits for a rank.
type pending struct {
	peer  int
	since time.Time
	work  Work // nil where there is nothing to abort
}

// beat is what a rank wrote last, and for how long that has stood there, by this process's clock.
type beat struct {
	value string
	stood time.Duration
}

// A tenth of the timeout lies between two beats, at most a second. Seven tenths without a new one are a rank that is lost: with the
// beat before and the look after, all know within the timeout.
func (w *watch) interval() time.Duration { return min(w.timeout/10, time.Second) }
func (w *watch) stale() time.Duration    { return w.timeout * 7 / 10 }

// spent is closed when this process has waited for so long. One that stood still, as a machine does that is put to sleep with all its ranks,
// has not: it counts by short waits, of which a standstill is one.
func (w *watch) spent(wait time.Duration) <-chan struct{} {
	over := make(chan struct{})
	go func() {
		defer close(over)
		for ; wait > 0; wait -= w.interval() {
			time.Sleep(w.interval())
		}
	}()
	return over
}

func (w *watch) start() {
	w.done, w.quit = make(chan struct{}), make(chan struct{})
	w.waits, w.beats, w.next = map[*pending]bool{}, map[int]beat{}, w.place.Rank
	w.ended.Add(1)
	go w.run()
}

// stop ends the beats, and leaves the connection behind where it is silent.
func (w *watch) stop() {
	close(w.quit)
	if w.silent.Load() {
		return
	}
	asked := make(chan struct{})
	go func() {
		w.ended.Wait()
		w.asking.Wait()
		close(asked)
	}()
	select {
	case <-asked:
		w.store.free()
	case <-w.spent(w.stale()):
	}
}

func (w *watch) run() {
	defer w.ended.Done()
	for n := 1; ; n++ {
		answer := make(chan error, 1)
		w.asking.Go(func() { answer <- w.round(n) })
		if !w.heard(answer) {
			return
		}
		select {
		case <-w.quit:
			return
		case <-w.done:
			return
		case <-time.After(w.interval()):
		}
	}
}

// heard waits for a round, and gives a verdict where the store is closed or silent.
func (w *watch) heard(answer <-chan error) (goOn bool) {
	var err error
	select {
	case err = <-answer:
	case <-w.spent(w.stale() + w.interval()):
		w.silent.Store(true)
		err = errSilent
	}
	if err == nil {
		return true
	}
	select {
	case <-w.quit: // the keeper has taken its leave, and this rank is about to
	default:
		w.adopt(w.storeGone(err))
	}
	return false
}

var errSilent = errors.New("silent")

// storeGone is the verdict on who keeps the store.
func (w *watch) storeGone(err error) ranks.Lost {
	store := "the store that it keeps"
	if w.place.Kept {
		store = "the store that its launcher keeps"
	}
	if errors.Is(err, errSilent) {
		return ranks.Lost{Rank: 0, Away: 1, Reason: store + " does not answer"}
	}
	return ranks.Lost{Rank: 0, Away: 1, Reason: fmt.Sprintf("%s is gone: %v", store, err)}
}

// round is one beat and one look.
func (w *watch) round(n int) error {
	if err := w.store.set(of("beat", w.place.Rank), time.Duration(n).String()); err != nil {
		return err
	}
	text, err := w.store.get(verdictKey)
	if err != nil {
		return err
	}
	if text != "" {
		w.adopt(decode(text))
		return nil
	}
	passed := w.passed()
	for peer, since := range w.awaited() {
		value, err := w.store.get(of("beat", peer))
		if err != nil {
			return err
		}
		if err := w.look(peer, since, passed, value); err != nil {
			return err
		}
	}
	return nil
}

// awaited are the ranks that something waits for, and since when, and the next one; what was known of others is forgotten. Whoever is
// lost is looked at by somebody, and nobody looks at all.
func (w *watch) awaited() map[int]time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	peers := map[int]time.Time{w.next: time.Now()}
	for p := range w.waits {
		since, found := peers[p.peer]
		if !found {
			since = time.Now()
		}
		if p.work != nil && p.since.Before(since) { // what else a rank is waited for has no limit, or one of its own
			since = p.since
		}
		peers[p.peer] = since
	}
	for peer := range w.beats {
		if _, found := peers[peer]; !found {
			delete(w.beats, peer)
		}
	}
	return peers
}

// passed is how long ago the last look was. It is cut short, so that a rank is never lost by one look: if this process stood still, the others
// may have, too.
func (w *watch) passed() time.Duration {
	before := w.looked
	w.looked = time.Now()
	return min(w.looked.Sub(before), w.stale()/2)
}

// look judges a rank by its beat.
func (w *watch) look(peer int, since time.Time, passed time.Duration, value string) error {
	w.mu.Lock()
	last, found := w.beats[peer]
	if last.stood += passed; !found || last.value != value {
		last = beat{value: value}
	}
	w.beats[peer] = last
	w.mu.Unlock()
	switch {
	case last.stood >= w.stale():
		if bye, err := w.store.get(of("bye", peer)); err != nil || bye != "" {
			return err
		}
		_ = w.declare(ranks.Lost{Rank: peer, Away: 1, Reason: "it gives no sign of life"})
	case w.limit > 0 && time.Since(since) >= w.limit:
		_ = w.declare(ranks.Lost{Rank: peer, Reason: "it lives, but others have waited for it for " + w.limit.String()})
	}
	return nil
}

// begin notes that something waits for a rank; work, which may be nil, is aborted with the verdict. Where there is one already, it is
// aborted and freed here.
func (w *watch) begin(peer int, work Work) (*pending, error) {
	p := &pending{peer: peer, since: time.Now(), work: work}
	w.mu.Lock()
	lost := w.lost
	if lost == nil {
		w.waits[p] = true
	}
	w.mu.Unlock()
	if lost == nil {
		return p, nil
	}
	if work != nil {
		work.Abort()
		_ = work.Wait()
		work.Free()
	}
	return nil, lost
}

// end is called when it waits no more.
func (w *watch) end(p *pending) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.waits, p)
	if p.work != nil {
		p.work.Free()
	}
}
