package parts

import (
	"math/bits"
	"slices"

	"gobert/internal/torch"
)

// Each lets f compute this rank's parts, in their order, and measure each in a row of so many numbers on the gradient's device. The host reads
// all of these at once, behind the last part.
func (t *Team) Each(numbers int64, f func(i int, row *torch.Tensor) error) (rows [][]float64, err error) {
	err = torch.Run(func() error {
		all := torch.NewZeros(torch.Float64, t.gradient.Device(), int64(t.Own())*numbers)
		defer all.Free()
		for i := range t.Own() {
			row := all.View(int64(i)*numbers, numbers)
			defer row.Free()
			if err := f(i, row); err != nil {
				return err
			}
		}
		rows = slices.Collect(slices.Chunk(torch.Values[float64](all), int(numbers)))
		return nil
	})
	return rows, err
}

// Begin says that this rank's i-th part is about to be computed. During the last one the gradients of a layer are collected, and sent, as soon
// as reached is told that they are whole (see [torch.Mode]); it is nil for the parts before.
func (t *Team) Begin(i int) (reached func(layer int)) {
	if i < t.Own()-1 {
		return nil
	}
	for s := range t.trained {
		t.trained[s].sent = false
	}
	t.round = t.sums.Begin()
	return func(layer int) {
		for s := range t.trained {
			if t.trained[s].layer == layer {
				t.collect(i, &t.trained[s])
			}
		}
	}
}

// Collect takes the gradient of this rank's i-th part, which lies in the flat gradient, into the tree, and clears that for the next. After
// the last one the gradient holds the sum of all of the rank's, and is on its way to the others. Parts come in their order: sums of 1, 2,
// 4, ... of them wait for their neighbours as the digits of a binary counter do. It runs on the LibTorch thread.
func (t *Team) Collect(i int) {
	for s := range t.trained {
		t.collect(i, &t.trained[s])
	}
}

func (t *Team) collect(i int, s *span) {
	full := bits.TrailingZeros(^uint(i)) // levels that this part completes
	switch {
	case i < t.Own()-1:
		torch.Fold(s.gradient, s.levels[:full], s.levels[full])
	case !s.sent:
		torch.Fold(s.gradient, s.levels[:full], nil)
		for block := range s.count {
			t.round.Ready(s.first + block)
		}
		s.sent = true
	}
}

// Clear forgets the gradient. It runs on the LibTorch thread.
func (t *Team) Clear() {
	for _, s := range t.trained {
		s.gradient.Fill(0)
	}
}

// Gather gives every rank the shares of all, of a flat tensor [P]. It waits for other ranks.
func (t *Team) Gather(flat *torch.Tensor) error { return t.sums.Gather(flat) }
