package google

import (
	"math"
	"slices"
)

// masks has the memory of create_masked_lm_predictions.
type masks struct {
	units   []unit
	chosen  []bool  // [T] the token must be predicted
	becomes []int32 // [T] what stands in its place
}

// unit is what is masked together: rows start to end, without the hole.
type unit struct{ start, end, hole int32 }

// noHole is a row that no unit has: that of [CLS].
const noHole = 0

func (u unit) size() int {
	if u.hole != noHole {
		return int(u.end - u.start - 1)
	}
	return int(u.end - u.start)
}

// choose draws what to mask in ids and returns how many tokens.
func (m *masks) choose(g *generator, ids []int32) int {
	m.find(g, ids)
	shuffle(g.rng, m.units)
	m.chosen = slices.Grow(m.chosen[:0], len(ids))[:len(ids)]
	m.becomes = slices.Grow(m.becomes[:0], len(ids))[:len(ids)]
	clear(m.chosen)
	budget := min(g.options.MaxPredictions, max(1, int(math.RoundToEven(float64(len(ids))*g.options.MaskRate))))
	left := budget
	for _, u := range m.units {
		if left == 0 {
			break
		}
		if u.size() > left {
			continue
		}
		for row := u.start; row < u.end; row++ {
			if row == u.hole {
				continue
			}
			m.chosen[row] = true
			m.becomes[row] = g.replacement(ids[row])
			left--
		}
	}
	return budget - left
}

// find lists the units. Segment B may begin with the tail of a word whose head
// was truncated; as in the original, it then joins the last word of segment A,
// and the unit has a hole at [SEP].
func (m *masks) find(g *generator, ids []int32) {
	m.units = m.units[:0]
	for row, id := range ids {
		if id == g.vocab.cls || id == g.vocab.sep {
			continue
		}
		if g.options.WholeWords && len(m.units) > 0 && g.vocab.tails[id] {
			last := &m.units[len(m.units)-1]
			if last.end < int32(row) {
				last.hole = last.end
			}
			last.end = int32(row + 1)
			continue
		}
		m.units = append(m.units, unit{start: int32(row), end: int32(row + 1)})
	}
}

// replacement draws 80 % [MASK], 10 % the token itself, 10 % any token.
func (g *generator) replacement(id int32) int32 {
	switch {
	case g.rng.unit() < 0.8:
		return g.vocab.mask
	case g.rng.unit() < 0.5:
		return id
	default:
		return g.vocab.words[g.rng.between(0, len(g.vocab.words)-1)]
	}
}
