package parts

import (
	"bytes"
	"cmp"
	"context"
	"encoding/gob"
	"fmt"
	"slices"

	"gobert/internal/torch"
)

// piece is a run of norm blocks that one rank sums: count numbers of its row, from one on.
type piece struct {
	at       int64
	rank     int
	from, to int
}

// divide finds whose sums follow each other in the order of memory.
func (t *Team) divide() {
	for rank := range t.world.Place().Size {
		from := 0
		for _, r := range t.shares(rank) {
			n := int(torch.Region(r).NormBlocks())
			t.pieces = append(t.pieces, piece{r.At, rank, from, from + n})
			from += n
		}
		t.row = max(t.row, from)
	}
	slices.SortFunc(t.pieces, func(a, b piece) int { return cmp.Compare(a.at, b.at) })
}

// Rows gives every rank the row of each, by rank. Rows have one length. It waits for other ranks.
func (t *Team) Rows(own []float64) ([][]float64, error) {
	place := t.world.Place()
	if place.Alone() {
		return [][]float64{own}, nil
	}
	n := len(own)
	all := make([]float64, n*place.Size)
	copy(all[n*place.Rank:], own)
	there := torch.NewFrom(all, torch.CPU, int64(len(all)))
	defer there.Free()
	if err := t.world.AllGather(there); err != nil {
		return nil, err
	}
	all = torch.Values[float64](there)
	rows := make([][]float64, place.Size)
	for rank := range rows {
		rows[rank] = all[n*rank : n*(rank+1)]
	}
	return rows, nil
}

// Settled is what all ranks know after their sums.
type Settled struct {
	Squares  float64   // the sum of those of the gradient of all parts: its norm is their root
	Measures []float64 // summed over the parts, in their order
	First    float64   // what rank 0 came with
}

// Settle waits until the gradients of all ranks are added: this rank's shares hold the sum then, and the rest is of no use. Each rank has measured the same
// things of each of its parts, and brings a number beside, of which rank 0's counts. It waits for other ranks, and must not be called on
// the LibTorch thread.
func (t *Team) Settle(measures [][]float64, beside float64) (s Settled, err error) {
	err = t.round.Wait()
	if t.round = nil; err != nil {
		return s, err
	}
	row := append([]float64{beside}, slices.Concat(measures...)...)
	before := len(row)
	var own []float64
	err = torch.Run(func() error { own = t.squares(); return nil })
	if err != nil {
		return s, err
	}
	row = append(row, own...)
	rows, err := t.Rows(append(row, make([]float64, before+t.row-len(row))...))
	if err != nil {
		return s, err
	}
	total := 0.0
	for _, p := range t.pieces {
		for _, x := range rows[p.rank][before+p.from : before+p.to] {
			total += x
		}
	}
	s = Settled{Squares: total, Measures: make([]float64, len(measures[0])), First: rows[0][0]}
	for _, row := range rows {
		for i, x := range row[1:before] {
			s.Measures[i%len(s.Measures)] += x
		}
	}
	return s, nil
}

// squares are the sums of this rank's shares, of each norm block in them. It runs on the LibTorch thread.
func (t *Team) squares() []float64 {
	regions := make([]torch.Region, len(t.mine))
	for i, s := range t.mine {
		regions[i] = torch.Region{At: s.At, N: s.N}
	}
	return torch.Squares(t.gradient, regions)
}

// ByFirst lets rank 0 do something for all: value, a pointer, is then on every rank what it has become there. An end of the context there
// is [ErrStopped] on all. It waits for other ranks.
func (t *Team) ByFirst(ctx context.Context, value any, do func() error) error {
	stopped := false
	if t.Leads() {
		err := do()
		if stopped = err != nil; stopped && ctx.Err() == nil {
			return err
		}
	}
	if err := t.Tell(&stopped); err != nil {
		return err
	}
	if stopped {
		return ErrStopped
	}
	return t.Tell(value)
}

// Tell gives every rank what rank 0 calls it with: a pointer, to be filled on the others. It waits for other ranks.
func (t *Team) Tell(value any) error {
	if t.Alone() {
		return nil
	}
	var text bytes.Buffer
	if t.Leads() {
		if err := gob.NewEncoder(&text).Encode(value); err != nil {
			return fmt.Errorf("parts: telling the other ranks: %w", err)
		}
	}
	said, err := t.world.Tell(text.Bytes())
	if err != nil || t.Leads() {
		return err
	}
	return gob.NewDecoder(bytes.NewReader(said)).Decode(value)
}

// Spread gives every rank the flat tensor of rank 0. It waits for other ranks.
func (t *Team) Spread(flat *torch.Tensor) error { return t.world.Broadcast(flat) }
