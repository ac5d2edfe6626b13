package collective

import "testing"

// TestShares: the shares of all ranks are a block, none overlaps another, and in whole grains they are those of a row of a number a grain.
func TestShares(t *testing.T) {
	const grain = 16
	for _, size := range []int{1, 2, 4, 8} {
		for n := range int64(600) {
			block, row := Region{3 * grain, n}, Region{3, (n + grain - 1) / grain}
			covered := map[int64]int{}
			for rank := range size {
				of, small := share(block, grain, rank, size), share(row, 1, rank, size)
				for i := of.At; i < of.At+of.N; i++ {
					covered[i]++
				}
				if of.N > 0 && (of.At != small.At*grain || of.At+of.N != min((small.At+small.N)*grain, block.At+block.N)) || of.N == 0 && small.N != 0 {
					t.Fatalf("rank %d of %d: %v of %v, but %v of %v", rank, size, of, block, small, row)
				}
			}
			for i := block.At; i < block.At+block.N; i++ {
				if covered[i] != 1 {
					t.Fatalf("%d ranks share %v: element %d belongs to %d of them", size, block, i, covered[i])
				}
			}
		}
	}
}
