package collective

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"gobert/internal/fault"
	"gobert/internal/ranks"
)

// World is this rank's connection to all others. With one rank there are none, and everything is done at once.
type World struct {
	place ranks.Place
	opts  Options
	store *store
	link  Link
	cards *cards // of Join, or nil
	watch *watch

	roster []comer    // by rank, once all have come
	turn   sync.Mutex // of Barrier, Broadcast and AllGather
	sent   atomic.Int64
}

// Place is where this process stands.
func (w *World) Place() ranks.Place { return w.place }

// Sent is how many bytes this rank has sent to others since all met, or has let them fetch.
func (w *World) Sent() int64 { return w.sent.Load() }

// Lost is closed when a rank is lost; everything that waits for others returns an error then.
func (w *World) Lost() <-chan struct{} { return w.watch.done }

// exchange sends a block to a peer and fills another one from it, either of which may be empty. Of a GPU's memory it is begun, and
// [World.waitFor] waits.
func (w *World) exchange(peer, tag int, out, in Block) error {
	if out.onDevice() || in.onDevice() {
		return w.across(peer, out, in)
	}
	if out.N == 0 && in.N == 0 {
		return nil
	}
	work, err := w.link.Exchange(peer, tag, out, in)
	if err != nil {
		return w.blame(peer, err)
	}
	pending, err := w.watch.begin(peer, work)
	if err != nil {
		return err
	}
	err = work.Wait()
	w.watch.end(pending)
	if err != nil {
		return w.blame(peer, err)
	}
	w.sent.Add(out.bytes())
	return nil
}

// blame makes the world's verdict of what went wrong between this rank and a peer.
func (w *World) blame(peer int, err error) error {
	return w.watch.declare(ranks.Lost{Rank: peer, Away: 1, Reason: fmt.Sprintf("its connection with rank %d broke off: %v", w.place.Rank, err)})
}

// Fail tells all other ranks that this one ends by a fault of its own: they give up what they wait for and name it. It returns the
// world's verdict, which is another one where another rank was lost before; its own has the error in its chain.
func (w *World) Fail(err error) error {
	if w.place.Alone() {
		return err
	}
	own := ranks.Lost{Rank: w.place.Rank, Reason: fault.Text(err), Advice: fault.Hint(err), Kind: ranks.Failed}
	verdict := w.watch.declare(own)
	var lost *ranks.Lost
	if errors.As(verdict, &lost) && lost.Rank == own.Rank && lost.Kind == own.Kind && lost.Reason == own.Reason {
		own.Where, own.Cause = lost.Where, err
		return &own
	}
	return verdict
}

// Close ends the world. The rank that keeps the store waits until all others have closed theirs, or know the verdict that ended the
// run, as long as they live. The error is of a rank that was lost meanwhile.
func (w *World) Close() error {
	if w.place.Alone() {
		return nil
	}
	for rank := 0; w.place.Keeps() && rank < w.place.Size && w.watch.verdict() == nil; rank++ {
		if rank != w.place.Rank {
			w.waitForBye(rank)
		}
	}
	w.part()
	if lost := w.watch.verdict(); lost != nil {
		return lost // what was given up may still hold on to connections: the process ends soon
	}
	w.cards.free()
	w.link.Free()
	defer w.store.free()
	if w.place.Keeps() {
		return nil
	}
	if err := w.store.set(of("bye", w.place.Rank), "1"); err != nil {
		return w.watch.declare(w.watch.storeGone(err))
	}
	return nil
}

// part ends the watch. The keeper of the store first lets others learn the verdict, if there is one.
func (w *World) part() {
	if w.watch.verdict() != nil && w.place.Keeps() {
		w.watch.linger()
	}
	w.watch.stop()
}

// waitForBye waits until a rank has closed its world, or is lost.
func (w *World) waitForBye(rank int) {
	pending, err := w.watch.begin(rank, nil)
	if err != nil {
		return
	}
	defer w.watch.end(pending)
	for {
		if bye, err := w.store.get(of("bye", rank)); err != nil || bye != "" {
			return // this process keeps the store: an error is a fault of its own, and nobody is left to tell
		}
		select {
		case <-w.watch.done:
			return
		case <-time.After(pollEvery):
		}
	}
}
