package parts

import (
	"sort"

	"gobert/internal/torch"
)

// Lengths are what LAMB (You et al. 2020) scales a parameter's steps by: the norms of its values and of its direction, of which each rank has
// a share. Both are sums over the norm blocks of that parameter, in their order.
type Lengths struct {
	team    *Team // nil: this process has all
	trained []torch.Part
	held    []torch.Part   // of this rank
	regions []torch.Region // those of held that are adapted
	ledger  ledger
}

// Lengths prepares for the parameters that are trained, in the order of memory. Of no team it is for a process that has all.
func (t *Team) Lengths(trained []torch.Part) *Lengths {
	l := &Lengths{team: t, trained: trained, held: trained}
	all := [][]torch.Region{adapted(trained)}
	if t != nil {
		l.held, _ = t.Held(trained)
		all = nil
		for rank := range t.world.Place().Size {
			all = append(all, adapted(overlap(trained, t.shares(rank))))
		}
	}
	l.regions, l.ledger = adapted(l.held), newLedger(all)
	return l
}

func adapted(parts []torch.Part) (regions []torch.Region) {
	for _, p := range parts {
		if p.Adapt {
			regions = append(regions, torch.Region{At: p.Begin, N: p.Count})
		}
	}
	return regions
}

// Squares are the sums of squares of the values and of the directions of the whole parameter that each part is of which this rank holds: two
// numbers a part, 0 where it is not adapted. It waits for other ranks, and must not be called on the LibTorch thread where there are any.
func (l *Lengths) Squares(values, directions *torch.Tensor) ([]float64, error) {
	var row []float64
	err := torch.Run(func() error {
		for _, of := range []*torch.Tensor{values, directions} {
			row = append(row, l.ledger.row(torch.Squares(of, l.regions))...)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	rows, err := l.team.Rows(row)
	if err != nil {
		return nil, err
	}
	whole := make([]float64, 2*len(l.trained))
	for i := range 2 {
		for at, x := range l.ledger.inOrder(rows, i*l.ledger.length) {
			whole[2*l.of(at)+i] += x
		}
	}
	squares := make([]float64, 0, 2*len(l.held))
	for _, p := range l.held {
		of := 2 * l.of(p.Begin)
		squares = append(squares, whole[of:of+2]...)
	}
	return squares, nil
}

// of is the number of the parameter that a place of memory belongs to.
func (l *Lengths) of(at int64) int {
	return sort.Search(len(l.trained), func(i int) bool { return l.trained[i].Begin > at }) - 1
}
