package parts

import (
	"bytes"
	"context"
	"encoding/gob"
	"fmt"
	"slices"

	"gobert/internal/torch"
)

// Rows gives every rank the row of each, by rank. Rows have one length. It waits for other ranks.
func (t *Team) Rows(own []float64) ([][]float64, error) {
	if t == nil || t.Alone() {
		return [][]float64{own}, nil
	}
	place := t.world.Place()
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
	rows, err := t.Rows(append(row, t.norm.row(own)...))
	if err != nil {
		return s, err
	}
	s = Settled{Measures: make([]float64, len(measures[0])), First: rows[0][0]}
	for _, x := range t.norm.inOrder(rows, before) {
		s.Squares += x
	}
	for _, row := range rows {
		for i, x := range row[1:before] {
			s.Measures[i%len(s.Measures)] += x
		}
	}
	return s, nil
}

// squares are the sums of this rank's shares, of each norm block in them. It runs on the LibTorch thread.
func (t *Team) squares() []float64 { return torch.Squares(t.gradient, t.mine) }

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
