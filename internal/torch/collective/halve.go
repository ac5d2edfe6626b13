package collective

// Region is a part of a flat tensor: the elements from At on, N of them.
type Region struct{ At, N int64 }

// halves cuts a region in two at a multiple of grain, counted from where the tensor begins; either half may be empty. What is computed
// of each grain is cut in the same way: a row of such numbers, one a grain, is gathered with blocks in grains and a grain of 1.
func (r Region) halves(grain int64) (low, high Region) {
	middle := (r.At + (r.N+1)/2 + grain - 1) / grain * grain
	n := min(middle-r.At, r.N)
	return Region{r.At, n}, Region{r.At + n, r.N - n}
}

// step is one exchange with one peer: a region is kept and summed, the other one given away.
type step struct {
	peer       int
	keep, give Region
	peerFirst  bool // the peer's part is the left operand
}

// halve plans how a block is summed over all ranks, from this rank's side. The last step's keep is what the rank ends with. The world's size
// is a power of two.
func halve(block Region, grain int64, rank, size int) []step {
	var steps []step
	for distance := 1; distance < size; distance *= 2 {
		low, high := block.halves(grain)
		s := step{peer: rank ^ distance, keep: low, give: high}
		if rank&distance != 0 {
			s.keep, s.give, s.peerFirst = high, low, true
		}
		steps = append(steps, s)
		block = s.keep
	}
	return steps
}

// share is the part of a block that a rank ends with.
func share(block Region, grain int64, rank, size int) Region {
	if steps := halve(block, grain, rank, size); len(steps) > 0 {
		return steps[len(steps)-1].keep
	}
	return block
}
