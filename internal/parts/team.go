package parts

import (
	"cmp"
	"math/bits"
	"slices"

	"gobert/internal/fault"
	"gobert/internal/torch"
	"gobert/internal/torch/collective"
)

// Team is the ranks that make updates together, from this one's side.
type Team struct {
	world *collective.World
	parts int

	gradient *torch.Tensor // fp32 [P]
	trained  []span        // of it, in the order in which they are sent
	sums     *collective.Reducer
	round    *collective.Round // of this step, while it goes on
	mine     []torch.Region    // what this rank updates, in the order of memory, in which its moments lie, too
	norm     ledger            // of the gradient's sums
}

// span is a run of the gradient that is trained: what is frozen is neither added nor sent.
type span struct {
	at           int64
	gradient     *torch.Tensor   // a view
	levels       []*torch.Tensor // sums of 1, 2, 4, ... parts
	layer        int             // whose parameters these are, or atTheEnd
	first, count int             // blocks of the sum over ranks
	sent         bool            // to the others, in this step
}

// atTheEnd is the layer of what is whole only when the backward pass has ended.
const atTheEnd = -1

// blockSize is how many numbers are summed over the ranks at a time.
const blockSize = 1 << 21

// Check refuses numbers of parts and ranks that do not go together.
func Check(parts, ranks int) error {
	if parts < 1 || bits.OnesCount(uint(parts)) != 1 {
		return fault.Usage("{parts} is %d: expected 1, 2, 4, 8, ...: gradients are added in pairs", parts)
	}
	if ranks > parts {
		return fault.Usage("{parts} is %d, fewer than the %d ranks: each computes one or more of them", parts, ranks).Advise("{parts} %d", ranks)
	}
	return nil
}

// New is a team of a world, for steps of so many parts. The world may be of this rank alone.
func New(world *collective.World, parts int) (*Team, error) {
	return &Team{world: world, parts: parts}, Check(parts, world.Place().Size)
}

// Parts is how many a step has.
func (t *Team) Parts() int { return t.parts }

// Own is how many of them this rank computes, and First the first of those.
func (t *Team) Own() int { return t.parts / t.world.Place().Size }

// First is the first part of this rank.
func (t *Team) First() int { return t.Own() * t.world.Place().Rank }

// Leads says whether this is the rank that speaks and saves.
func (t *Team) Leads() bool { return t.world.Place().First() }

// Sent is how many bytes this rank has sent to others so far.
func (t *Team) Sent() int64 { return t.world.Sent() }

// Alone says whether there are no others.
func (t *Team) Alone() bool { return t.world.Place().Alone() }

// Bind prepares for the gradient of flat memory, fp32 [P], of which the parts of trained are trained, in the order of memory. layers are where
// each layer's neighbouring parameters begin, and where those of the last one end: these go to the other ranks first, from the last layer
// on, and everything else behind them.
func (t *Team) Bind(gradient *torch.Tensor, trained []torch.Part, layers []int64) error {
	t.gradient = gradient
	for at := 0; at < len(trained); {
		begin := trained[at].Begin
		end := begin
		for ; at < len(trained) && trained[at].Begin == end; at++ {
			end += trained[at].Count
		}
		t.cut(begin, end, layers)
	}
	slices.SortStableFunc(t.trained, func(a, b span) int { return cmp.Compare(b.layer, a.layer) })
	var blocks []collective.Region
	for i := range t.trained {
		s := &t.trained[i]
		s.first = len(blocks)
		for begin, end := s.at, s.at+s.gradient.Numel(); begin < end; {
			next := min(end, (begin/blockSize+1)*blockSize)
			blocks = append(blocks, collective.Region{At: begin, N: next - begin})
			begin = next
		}
		s.count = len(blocks) - s.first
	}
	var err error
	if t.sums, err = collective.NewReducer(t.world, gradient, blocks, torch.NormBlock); err != nil {
		return err
	}
	var all [][]torch.Region
	for rank := range t.world.Place().Size {
		all = append(all, t.shares(rank))
	}
	t.mine, t.norm = all[t.world.Place().Rank], newLedger(all)
	if !gradient.Device().IsCUDA() {
		return nil
	}
	return torch.Run(func() error { t.squares(); return nil }) // a GPU that cannot says so now
}

// shares are a rank's, in the order of memory.
func (t *Team) shares(rank int) (shares []torch.Region) {
	for _, r := range t.sums.Shares(rank) {
		if r.N > 0 {
			shares = append(shares, torch.Region(r))
		}
	}
	slices.SortFunc(shares, func(a, b torch.Region) int { return cmp.Compare(a.At, b.At) })
	return shares
}

// overlap are the runs of parts that lie in regions; both are in the order of memory. Their moments follow each other in the regions'.
func overlap(parts []torch.Part, regions []torch.Region) (both []torch.Part) {
	moments := int64(0)
	for _, r := range regions {
		for _, p := range parts {
			begin, end := max(p.Begin, r.At), min(p.Begin+p.Count, r.At+r.N)
			if begin < end {
				p.Begin, p.Count, p.Moments = begin, end-begin, moments+begin-r.At
				both = append(both, p)
			}
		}
		moments += r.N
	}
	return both
}

// cut makes spans of a run that is trained. Where a layer begins is rounded up to whole norm blocks, each of which is summed at once; what that
// leaves of a block belongs to the layer before, which the backward pass comes to later.
func (t *Team) cut(begin, end int64, layers []int64) {
	const block = torch.NormBlock
	span := func(layer int, to int64) {
		if to = min(to, end); to <= begin {
			return
		}
		s := span{at: begin, layer: layer, gradient: t.gradient.View(begin, to-begin)}
		for n := 1; n < t.Own(); n *= 2 {
			s.levels = append(s.levels, torch.NewEmpty(torch.Float32, t.gradient.Device(), to-begin))
		}
		t.trained = append(t.trained, s)
		begin = to
	}
	for i, at := range layers {
		if i < len(layers)-1 {
			at += block - 1
		}
		span(i-1, at/block*block) // before the first layer lies what is whole at the end
	}
	span(atTheEnd, end)
}

// Held are what this rank updates of the parts that are trained, in the order of memory, and how many moments it holds for them.
func (t *Team) Held(trained []torch.Part) (own []torch.Part, moments int64) {
	for _, s := range t.mine {
		moments += s.N
	}
	return overlap(trained, t.mine), moments
}

// Free releases what Bind has made.
func (t *Team) Free() {
	if t == nil || t.sums == nil {
		return
	}
	if t.round != nil {
		t.round.Stop()
	}
	t.sums.Free()
	for _, s := range t.trained {
		s.gradient.Free()
		torch.FreeAll(s.levels)
	}
}
