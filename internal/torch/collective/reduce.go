package collective

import (
	"fmt"

	"gobert/internal/torch"
)

// Tags of what goes on at the same time between two ranks.
const (
	groupTag  = iota // Barrier, Broadcast and AllGather
	reduceTag        // a Reducer
)

// A Reducer sums a flat fp32 gradient over all ranks, block after block in the order in which they are named, while later blocks are
// still being computed. Of each block a rank ends with a share; the rest of the block is then of no use. A world has one Reducer
// at work at a time.
type Reducer struct {
	world    *World
	gradient *torch.Tensor // [n]
	blocks   []Region
	grain    int64
	received *torch.Tensor // as long as the longest half
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
		r.received = torch.NewEmpty(torch.Float32, gradient.Device(), longest)
	}
	return r, nil
}

// Free releases what is received into.
func (r *Reducer) Free() { r.received.Free() }

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
	done    chan error
}

// Begin begins a round. The one before has ended.
func (r *Reducer) Begin() *Round {
	round := &Round{reducer: r, ready: make([]chan struct{}, len(r.blocks)), done: make(chan error, 1)}
	for i := range round.ready {
		round.ready[i] = make(chan struct{})
	}
	go func() { round.done <- round.run() }()
	return round
}

// Ready says that a block's gradient is whole on this rank; nobody touches it until Wait returns. It may be called from any goroutine,
// once for each block.
func (o *Round) Ready(block int) { close(o.ready[block]) }

// Wait returns when all blocks are summed, or a rank is lost.
func (o *Round) Wait() error { return <-o.done }

func (o *Round) run() error {
	for i, b := range o.reducer.blocks {
		select {
		case <-o.ready[i]:
		case <-o.reducer.world.watch.done:
			return o.reducer.world.watch.verdict()
		}
		if err := o.reducer.sum(b); err != nil {
			return err
		}
	}
	return nil
}

// sum leaves this rank's share of a block with the sum over all ranks.
func (r *Reducer) sum(block Region) error {
	w := r.world
	for _, s := range halve(block, r.grain, w.place.Rank, w.place.Size) {
		if err := w.exchange(s.peer, reduceTag, Block{r.gradient, s.give.At, s.give.N}, Block{r.received, 0, s.keep.N}); err != nil {
			return err
		}
		if err := addBlock(r.gradient, s.keep.At, r.received, s.keep.N, s.peerFirst); err != nil {
			return fmt.Errorf("collective: %w", err)
		}
	}
	return nil
}

// Gather gives every rank all shares of a flat tensor that is as long as the gradient, of whatever type: the way of the sums backwards.
func (r *Reducer) Gather(t *torch.Tensor) error {
	w := r.world
	for _, b := range r.blocks {
		steps := halve(b, r.grain, w.place.Rank, w.place.Size)
		for i := len(steps) - 1; i >= 0; i-- {
			s := steps[i]
			if err := w.exchange(s.peer, reduceTag, Block{t, s.keep.At, s.keep.N}, Block{t, s.give.At, s.give.N}); err != nil {
				return err
			}
		}
	}
	return nil
}
