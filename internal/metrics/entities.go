package metrics

import (
	"fmt"
	"maps"
	"slices"

	"gobert/data/labelled/conll"
)

// EntityReport is what seqeval says about tags.
type EntityReport struct {
	Types                  []Row // in alphabetic order
	Micro, Macro, Weighted Scores
	Accuracy               float64 // share of words whose tag is right

	counts counts // of all types
}

// Entities compares entities as seqeval's default mode does: one is right if its type and both its ends are.
func Entities(truth, predicted [][]string) (EntityReport, error) {
	return entities(truth, predicted, func(i int, tags []string) ([]conll.Chunk, error) {
		if i > 0 {
			return lenientChunks(tags, "_"), nil
		}
		return Chunks(tags), nil
	})
}

// StrictEntities is seqeval's mode="strict" with the scheme that it finds, IOB2, IOE2, IOBES or BILOU.
func StrictEntities(truth, predicted [][]string) (r EntityReport, scheme string, err error) {
	s, err := detect(truth)
	if err == nil {
		r, err = entities(truth, predicted, func(_ int, tags []string) ([]conll.Chunk, error) { return s.chunks(tags) })
	}
	return r, s.name, err
}

// entities compares what is read out of each sentence.
func entities(truth, predicted [][]string, read func(i int, tags []string) ([]conll.Chunk, error)) (r EntityReport, err error) {
	if err := sameShape(truth, predicted); err != nil {
		return r, err
	}
	found := byType{}
	right, words := 0, 0
	for i := range truth {
		want, err := read(i, truth[i])
		if err != nil {
			return r, fmt.Errorf("metrics: labels of sentence %d: %w", i, err)
		}
		got, err := read(i, predicted[i])
		if err != nil {
			return r, fmt.Errorf("metrics: predictions of sentence %d: %w", i, err)
		}
		known := map[conll.Chunk]bool{}
		for _, c := range want {
			found.of(c.Type).support++
			known[c] = true
		}
		for _, c := range got {
			found.of(c.Type).predicted++
			if known[c] {
				found.of(c.Type).right++
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
	for _, kind := range slices.Sorted(maps.Keys(found)) {
		n := *found[kind]
		r.counts = r.counts.plus(n)
		r.Types = append(r.Types, Row{kind, n.entityScores()})
		types = append(types, n)
	}
	r.Micro, r.Macro = average(types, Micro, counts.entityScores), average(types, Macro, counts.entityScores)
	if len(types) > 0 { // without any seqeval says 0, where scikit-learn says NaN
		r.Weighted = average(types, Weighted, counts.entityScores)
	}
	return r, nil
}

// byType are counts of entities by their type.
type byType map[string]*counts

func (t byType) of(kind string) *counts {
	if t[kind] == nil {
		t[kind] = &counts{}
	}
	return t[kind]
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
