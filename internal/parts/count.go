package parts

import (
	"errors"
	"fmt"
	"io"
)

// Count is what stands in parts of a step: what is told of each before it is computed.
type Count struct {
	Tokens, FLOPs float64
	Amounts       []float64 // what the loss is a mean over: masked tokens, sequences; at most [MostAmounts]
}

// MostAmounts is how many amounts a task may count.
const MostAmounts = 4

// ErrStopped ends a run that was interrupted on any of its ranks.
var ErrStopped = errors.New("parts: the run was interrupted on another rank")

// What a rank says of itself: whether it can go on.
const (
	goesOn = iota
	isStopped
	hasEnded
)

// Whole gives what the parts of all ranks have together, for each of the batches of a step; own are this rank's, in their order: those of its
// first part of all batches, then the next. The error of a step that is not made is the same on all ranks: [ErrStopped] where one of them
// was stopped, [io.EOF] where the data of all has ended. It waits for other ranks.
func (t *Team) Whole(own []Count, batches int, stopped bool) (whole []Count, err error) {
	const each = 2 + MostAmounts
	row := make([]float64, 1+each*batches*t.Own())
	switch {
	case stopped:
		row[0] = isStopped
	case len(own) < batches*t.Own():
		row[0] = hasEnded
	}
	for i, c := range own {
		if len(c.Amounts) > MostAmounts {
			return whole, fmt.Errorf("parts: the task counts %d amounts: expected at most %d", len(c.Amounts), MostAmounts)
		}
		at := row[1+i*each:]
		at[0], at[1] = c.Tokens, c.FLOPs
		copy(at[2:each], c.Amounts)
	}
	rows, err := t.Rows(row)
	if err != nil {
		return whole, err
	}
	said := [3]int{}
	whole = make([]Count, batches)
	for i := range whole {
		whole[i].Amounts = make([]float64, MostAmounts)
	}
	for _, row := range rows {
		said[int(row[0])]++
		for n := range batches * t.Own() {
			count, part := &whole[n%batches], row[1+n*each:]
			count.Tokens, count.FLOPs = count.Tokens+part[0], count.FLOPs+part[1]
			for i := range count.Amounts {
				count.Amounts[i] += part[2+i]
			}
		}
	}
	switch {
	case said[isStopped] > 0:
		return whole, ErrStopped
	case said[hasEnded] == len(rows):
		return whole, io.EOF
	case said[hasEnded] > 0:
		return whole, fmt.Errorf("parts: the data has ended on %d of %d ranks: expected the same on all", said[hasEnded], len(rows))
	}
	return whole, nil
}
