package pretraining

import (
	"math"
	"slices"

	"gobert/data"
)

// masker has the memory that masking one sequence needs. A unit is what is
// masked together: a token, or a word for whole words and spans.
type masker struct {
	starts []int32 // [U] first row of each unit, rows counted from the sequence's start
	ends   []int32 // [U] row behind each unit
	order  []int32 // [U] units, shuffled as far as needed
	fates  []uint8 // [rows] what becomes of each row
}

// Fates of a row.
const (
	untouched uint8 = iota
	masked          // becomes [MASK]
	replaced        // becomes a random token
	kept            // stays, and must be predicted: the model cannot trust what it sees
)

// apply masks the sequence that begins at row start of b.
func (m *masker) apply(s *Source, rng *random, b *data.Batch, start int) {
	ids := b.IDs[start:]
	m.findUnits(s, ids)
	m.fates = slices.Grow(m.fates[:0], len(ids))[:len(ids)]
	clear(m.fates)
	budget := predictions(&s.options, len(ids))
	if s.options.Masking == Spans {
		m.chooseSpans(s, rng, budget)
	} else {
		m.chooseUnits(s, rng, budget)
	}
	for row, fate := range m.fates {
		if fate == untouched {
			continue
		}
		b.MaskedRows = append(b.MaskedRows, int32(start+row))
		b.MaskedIDs = append(b.MaskedIDs, ids[row])
		switch fate {
		case masked:
			ids[row] = s.vocab.MaskID
		case replaced:
			// Any entry of the vocabulary, special and unused ones too, as in BERT.
			ids[row] = int32(rng.below(s.vocab.Size))
		}
	}
}

// predictions returns how many of n tokens to predict. Special tokens count in
// n although they are never masked, so the rate among the others is a little
// higher; halves round to even, as in Python. Both are BERT's way.
func predictions(o *Options, n int) int {
	if o.MaskRate == 0 {
		return 0
	}
	return min(o.MaxPredictions, max(1, int(math.RoundToEven(float64(n)*o.MaskRate))))
}

func (m *masker) findUnits(s *Source, ids []int32) {
	m.starts, m.ends = m.starts[:0], m.ends[:0]
	words := s.options.Masking != Tokens
	for row, id := range ids {
		kind := s.kinds[id]
		if kind&special != 0 {
			continue
		}
		// A piece that continues nothing (its word's head was cut off) begins a unit.
		if last := len(m.ends) - 1; words && kind&continuation != 0 && last >= 0 && m.ends[last] == int32(row) {
			m.ends[last]++
			continue
		}
		m.starts = append(m.starts, int32(row))
		m.ends = append(m.ends, int32(row+1))
	}
}

// chooseUnits goes through the units in random order and takes those that fit
// the budget. Only as much of the order is drawn as is looked at.
func (m *masker) chooseUnits(s *Source, rng *random, budget int) {
	m.order = m.order[:0]
	for unit := range m.starts {
		m.order = append(m.order, int32(unit))
	}
	for i := range m.order {
		if budget == 0 {
			return
		}
		j := rng.between(i, len(m.order)-1)
		m.order[i], m.order[j] = m.order[j], m.order[i]
		unit := m.order[i]
		size := int(m.ends[unit] - m.starts[unit])
		if size > budget {
			continue
		}
		budget -= size
		// The pieces of a word are drawn one by one, as in BERT.
		for row := m.starts[unit]; row < m.ends[unit]; row++ {
			m.fates[row] = s.drawFate(rng)
		}
	}
}

// drawFate draws 80/10/10, or the rates of the options.
func (s *Source) drawFate(rng *random) uint8 {
	switch u := rng.unit(); {
	case u < s.options.MaskProb:
		return masked
	case u < s.options.MaskProb+s.options.RandomProb:
		return replaced
	default:
		return kept
	}
}
