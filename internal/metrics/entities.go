package metrics

import (
	"fmt"
	"maps"
	"slices"
)

// EntityReport is what seqeval says about tags.
type EntityReport struct {
	Types                  []string // in alphabetic order
	PerType                []Scores
	Micro, Macro, Weighted Scores
	Accuracy               float64 // share of words whose tag is right

	counts counts // of all types
}

// Entities compares entities: one is right if its type and both its ends are. A scheme other than Lenient is seqeval's
// mode="strict".
func Entities(truth, predicted [][]string, s Scheme) (EntityReport, error) {
	var r EntityReport
	if err := sameShape(truth, predicted); err != nil {
		return r, err
	}
	found := map[string]*counts{}
	of := func(kind string) *counts {
		if found[kind] == nil {
			found[kind] = &counts{}
		}
		return found[kind]
	}
	right, words := 0, 0
	for i := range truth {
		want, err := s.sentence(i, truth[i])
		if err != nil {
			return r, fmt.Errorf("metrics: labels of sentence %d: %w", i, err)
		}
		got, err := s.sentence(i, predicted[i])
		if err != nil {
			return r, fmt.Errorf("metrics: predictions of sentence %d: %w", i, err)
		}
		known := map[Chunk]bool{}
		for _, c := range want {
			of(c.Type).support++
			known[c] = true
		}
		for _, c := range got {
			of(c.Type).predicted++
			if known[c] {
				of(c.Type).right++
			}
		}
		for j, tag := range truth[i] {
			words++
			if tag == predicted[i][j] {
				right++
			}
		}
	}
	r.Accuracy = float64(right) / float64(words)
	var types []counts
	r.Types = slices.Sorted(maps.Keys(found))
	for _, kind := range r.Types {
		n := *found[kind]
		r.counts = r.counts.plus(n)
		r.PerType = append(r.PerType, n.entityScores())
		types = append(types, n)
	}
	r.Micro, r.Macro = average(types, Micro, counts.entityScores), average(types, Macro, counts.entityScores)
	if len(types) > 0 { // without any seqeval says 0, where scikit-learn says NaN
		r.Weighted = average(types, Weighted, counts.entityScores)
	}
	return r, nil
}

// sentence reads the entities of the i-th sentence.
func (s Scheme) sentence(i int, tags []string) ([]Chunk, error) {
	if s == Lenient && i > 0 {
		return lenientChunks(tags, "_"), nil
	}
	return s.Chunks(tags)
}

// entityScores has F1 from precision and recall, as seqeval does, where scikit-learn takes counts.
func (n counts) entityScores() Scores {
	s := n.scores()
	s.F1 = ratio(2*s.Precision*s.Recall, s.Precision+s.Recall)
	return s
}

func sameShape(truth, predicted [][]string) error {
	if len(truth) != len(predicted) {
		return fmt.Errorf("metrics: %d tagged sentences but %d predictions", len(truth), len(predicted))
	}
	for i := range truth {
		if len(truth[i]) != len(predicted[i]) {
			return fmt.Errorf("metrics: sentence %d has %d labels but %d predictions", i, len(truth[i]), len(predicted[i]))
		}
	}
	return nil
}
