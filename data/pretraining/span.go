package pretraining

import "math"

// SpanBERT's lengths in words: geometric, cut off and renormalised, so that
// the mean is 3.8 (Joshi et al. 2019, section 3.1).
const (
	spanStop    = 0.2
	longestSpan = 10
)

// spanLength draws from the renormalised geometric distribution by inversion:
// P(length <= l) = (1 - 0.8^l) / (1 - 0.8^10).
func spanLength(rng *random) int {
	all := 1 - math.Pow(1-spanStop, longestSpan)
	length := 1 + int(math.Log1p(-rng.unit()*all)/math.Log1p(-spanStop))
	return min(length, longestSpan)
}

// spanTries bounds the search for a free place: a sequence may have none, when
// its words are longer than what is left to mask.
const spanTries = 8

// chooseSpans masks runs of whole words until the budget is used. A span ends
// early at a word that is masked already, that does not fit the budget, or
// where a special token stands between. All its tokens share one fate, as in
// SpanBERT.
func (m *masker) chooseSpans(s *Source, rng *random, budget int) {
	if len(m.starts) == 0 {
		return
	}
	for tries := spanTries * budget; budget > 0 && tries > 0; tries-- {
		first := rng.below(len(m.starts))
		last := min(first+spanLength(rng), len(m.starts))
		fate := s.drawFate(rng)
		for unit := first; unit < last; unit++ {
			start, end := m.starts[unit], m.ends[unit]
			adjacent := unit == first || m.ends[unit-1] == start
			if !adjacent || m.fates[start] != untouched || int(end-start) > budget {
				break
			}
			for row := start; row < end; row++ {
				m.fates[row] = fate
			}
			budget -= int(end - start)
		}
	}
}
