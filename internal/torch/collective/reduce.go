package collective

import (
	"errors"
	"fmt"
	"slices"
	"sync/atomic"

	"gobert/internal/fault"
	"gobert/internal/torch"
)

// Tags of what goes on at the same time between two ranks.
const (
	groupTag  = iota // Barrier, Broadcast and AllGather
	reduceTag        // the first lane of a Reducer, behind which there are the others
)

// A Reducer sums a flat fp32 gradient over all ranks, block after block in the order in which they are named, while later blocks are
// still being computed. Of each block a rank ends with a share; the rest of the block is then of no use. A world has one Reducer
// at work at a time.
type Reducer struct {
	world    *World
	gradient *torch.Tensor // [n]
	blocks   []Region
	grain    int64
	received []*torch.Tensor // by lane: as long as the longest half
}

// lanes are how many blocks are on their way at a time: while one is waited for, another one is sent or added. Of a device it is one, so that
// both sides begin theirs in one order.
func (r *Reducer) lanes() int {
	if r.gradient.Device().IsCUDA() {
		return 1
	}
	return 2
}

// NewReducer prepares for blocks of a gradient, which must be the same, in the same order, on all ranks. Shares are cut at multiples of
// grain, 1 or more elements of the gradient: what is computed of so many at once, such as a norm's sums, then belongs to one rank
// as a whole, where the blocks are cut so, too. The caller frees it, and the gradient later.
func NewReducer(w *World, gradient *torch.Tensor, blocks []Region, grain int64) (r *Reducer, err error) {
	defer torch.Catch(&err)
	r = &Reducer{world: w, gradient: gradient, blocks: blocks, grain: grain}
	if gradient.DType() != torch.Float32 {
		return nil, fmt.Errorf("collective: sums are taken of float32, not of %v", gradient.DType())
	}
	n, longest := gradient.Numel(), int64(0)
	for _, b := range blocks {
		if b.At < 0 || b.N < 0 || b.At+b.N > n {
			return nil, fmt.Errorf("collective: [%d, %d) is no block of a gradient of %d elements", b.At, b.At+b.N, n)
		}
		low, high := b.halves(grain)
		longest = max(longest, low.N, high.N)
	}
	if !w.place.Alone() {
		for range r.lanes() {
			r.received = append(r.received, torch.NewEmpty(torch.Float32, gradient.Device(), longest))
		}
	}
	return r, nil
}

// Free releases what is received into.
func (r *Reducer) Free() { torch.FreeAll(r.received) }

// Shares are the parts that a rank ends with, one a block.
func (r *Reducer) Shares(rank int) []Region {
	shares := make([]Region, len(r.blocks))
	for i, b := range r.blocks {
		shares[i] = share(b, r.grain, rank, r.world.place.Size)
	}
	return shares
}

// A Round sums each block once.
type Round struct {
	reducer *Reducer
	ready   []chan struct{}
	stop    chan struct{}
	ended   chan struct{}
	late    atomic.Pointer[error] // of Ready
	err     error
}

// Begin begins a round. The one before has ended.
func (r *Reducer) Begin() *Round {
	o := &Round{reducer: r, ready: make([]chan struct{}, len(r.blocks)), stop: make(chan struct{}), ended: make(chan struct{})}
	for i := range o.ready {
		o.ready[i] = make(chan struct{})
	}
	go func() {
		defer close(o.ended)
		o.err = r.world.waitFor(r.gradient.Device(), r.each(o.sum))
	}()
	return o
}

// Ready says that a block's gradient is whole on this rank, or on a GPU, that it will be when all is done that was asked of it so far; nobody
// touches it until Wait returns. It may be called from any goroutine, once for each block.
func (o *Round) Ready(block int) {
	if err := o.reducer.world.follow(o.reducer.gradient); err != nil {
		o.late.CompareAndSwap(nil, &err) // Wait tells
	}
	close(o.ready[block])
}

// Wait returns when all blocks are summed, or a rank is lost.
func (o *Round) Wait() error {
	<-o.ended
	return o.err
}

// Stop gives up what has not begun, and returns when the rest has ended: other ranks are waited for until they are lost, or stop, too.
// The ranks cannot go on together afterwards.
func (o *Round) Stop() {
	close(o.stop)
	<-o.ended
}

// errStopped ends a round of which nobody wants to know any more.
var errStopped = errors.New("collective: the sums were given up")

func (o *Round) sum(lane, block int) error {
	select {
	case <-o.ready[block]:
		if err := o.late.Load(); err != nil {
			return *err
		}
		return o.reducer.sum(lane, o.reducer.blocks[block])
	case <-o.stop:
		return errStopped
	case <-o.reducer.world.watch.done:
		return o.reducer.world.watch.verdict()
	}
}

// each does all blocks, some at a time: each lane's in their order.
func (r *Reducer) each(do func(lane, block int) error) error {
	group := fault.NewGroup()
	for lane := range r.lanes() {
		group.Go(func() error {
			for block := lane; block < len(r.blocks); block += r.lanes() {
				if err := do(lane, block); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}

// sum leaves this rank's share of a block with the sum over all ranks.
func (r *Reducer) sum(lane int, block Region) error {
	w := r.world
	for _, s := range halve(block, r.grain, w.place.Rank, w.place.Size) {
		received := Block{r.received[lane], 0, s.keep.N}
		if err := w.exchange(s.peer, reduceTag+lane, Block{r.gradient, s.give.At, s.give.N}, received); err != nil {
			return err
		}
		add := addBlock
		if r.gradient.Device().IsCUDA() {
			add = w.cards.add
		}
		if err := add(r.gradient, s.keep.At, received.Tensor, s.keep.N, s.peerFirst); err != nil {
			return fmt.Errorf("collective: %w", err)
		}
	}
	return nil
}

// Gather gives every rank all shares of a flat tensor that is as long as the gradient, of whatever type: the way of the sums backwards.
func (r *Reducer) Gather(t *torch.Tensor) error {
	w := r.world
	if err := w.follow(t); err != nil {
		return err
	}
	return w.waitFor(t.Device(), r.each(func(lane, block int) error {
		for _, s := range slices.Backward(halve(r.blocks[block], r.grain, w.place.Rank, w.place.Size)) {
			err := w.exchange(s.peer, reduceTag+lane, Block{t, s.keep.At, s.keep.N}, Block{t, s.give.At, s.give.N})
			if err != nil {
				return err
			}
		}
		return nil
	}))
}
