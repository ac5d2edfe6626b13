package corpus

import (
	"cmp"
	"slices"

	"gobert/data"
)

// share says what of the sources a part reads. All parts come to the same, because it follows from the files' sizes alone.
//
// A file is one part's as a whole where there are files enough; of one that is larger than that the parts take turns, a block each.
// In plain text they find out where the blocks of others end by reading a little of them; what is packed or a table each part reads,
// but for its own blocks does nothing with it.
type share struct {
	part  data.Part
	owner []int // of each source the part's number; shared for one that they take turns at
}

const shared = 0

// A division is good where the largest part has so much more than the average.
const uneven = 0.02

// newShare divides sources: the largest are shared, as many as it takes until the others make about equal heaps. nil is all of it.
func newShare(sources []Source, part data.Part) *share {
	if part.IsWhole() {
		return nil
	}
	order := make([]int, len(sources))
	total := int64(0)
	for i, s := range sources {
		order[i], total = i, total+s.Size
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(sources[b].Size, sources[a].Size) })
	s := &share{part: part, owner: make([]int, len(sources))}
	for n := 0; n < len(order); n += 1 + n/4 {
		for _, i := range order[:n] {
			s.owner[i] = shared
		}
		if most, heaped := s.heap(sources, order[n:]); float64(most) <= float64(heaped)/float64(part.Of)+uneven*float64(total)/float64(part.Of) {
			return s
		}
	}
	clear(s.owner)
	return s
}

// heap gives each source, the largest first, to the part that has least. most is what the largest heap has, of all in heaps.
func (s *share) heap(sources []Source, order []int) (most, all int64) {
	heaps := make([]int64, s.part.Of)
	for _, i := range order {
		least := slices.Index(heaps, slices.Min(heaps))
		heaps[least] += sources[i].Size
		s.owner[i] = least + 1
		all += sources[i].Size
	}
	return slices.Max(heaps), all
}

// reads says whether the part opens a source.
func (s *share) reads(source int) bool {
	return s == nil || s.owner[source] == shared || s.owner[source] == s.part.Number
}

// has says whether the block that begins there is the part's.
func (s *share) has(p position) bool {
	if s == nil || s.owner[p.Source] == s.part.Number {
		return true
	}
	return s.owner[p.Source] == shared && (p.Source+p.Block)%s.part.Of+1 == s.part.Number
}

// size is how many bytes of files the part goes through.
func (s *share) size(sources []Source) (total int64) {
	for i, source := range sources {
		if s.reads(i) {
			total += source.Size
		}
	}
	return total
}
