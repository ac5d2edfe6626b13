package parts

import (
	"cmp"
	"iter"
	"slices"

	"gobert/internal/torch"
)

// A ledger says where the sums over norm blocks stand that the ranks make of their own regions: each has a row of them, in its regions' order.
type ledger struct {
	pieces []piece // in the order of memory
	length int     // of the longest row
}

// piece is one rank's region: a run of its row.
type piece struct {
	at       int64
	rank     int
	from, to int
}

// newLedger is the ledger of the regions of each rank.
func newLedger(regions [][]torch.Region) (l ledger) {
	for rank, own := range regions {
		from := 0
		for _, r := range own {
			n := int(r.NormBlocks())
			l.pieces = append(l.pieces, piece{r.At, rank, from, from + n})
			from += n
		}
		l.length = max(l.length, from)
	}
	slices.SortFunc(l.pieces, func(a, b piece) int { return cmp.Compare(a.at, b.at) })
	return l
}

// row is this rank's, as long as everybody's.
func (l ledger) row(own []float64) []float64 {
	return append(own, make([]float64, l.length-len(own))...)
}

// inOrder goes over the sums that begin at a place of all ranks' rows, in the order of memory, with where each one's region begins: an order
// that does not depend on the number of ranks, as long as their regions are cut where blocks are.
func (l ledger) inOrder(rows [][]float64, place int) iter.Seq2[int64, float64] {
	return func(yield func(int64, float64) bool) {
		for _, p := range l.pieces {
			for _, x := range rows[p.rank][place+p.from : place+p.to] {
				if !yield(p.at, x) {
					return
				}
			}
		}
	}
}
