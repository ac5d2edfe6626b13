package parts

import "gobert/internal/torch"

// Collect takes the gradient of this rank's i-th part, which lies in the flat gradient, into the tree, and clears that for the next. After
// the last one the gradient holds the sum of all of the rank's. Parts come in their order: sums of 1, 2, 4, ... of them wait for their
// neighbours as the digits of a binary counter do. It runs on the LibTorch thread.
func (t *Team) Collect(i int) {
	for _, s := range t.trained {
		level := 0
		for ; i>>level&1 == 1; level++ {
			torch.AddFlat(s.gradient, s.levels[level])
		}
		if i < t.Own()-1 {
			s.levels[level].CopyFrom(s.gradient, false)
			s.gradient.Fill(0)
		}
	}
}

// sum leaves this rank's shares of the gradient with the sum over all ranks.
func (t *Team) sum() error {
	round := t.sums.Begin()
	for i := range t.sums.Shares(0) {
		round.Ready(i)
	}
	return round.Wait()
}

// Clear forgets the gradient. It runs on the LibTorch thread.
func (t *Team) Clear() {
	for _, s := range t.trained {
		s.gradient.Fill(0)
	}
}

// Gather gives every rank the shares of all, of a flat tensor [P]. It waits for other ranks.
func (t *Team) Gather(flat *torch.Tensor) error { return t.sums.Gather(flat) }
