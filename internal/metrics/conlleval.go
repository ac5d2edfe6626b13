package metrics

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"gobert/data/labelled/conll"
)

// ConllReport is what conlleval says about tags; the scores are in per cent, as it prints them.
type ConllReport struct {
	Words, Phrases, Found, Correct int
	Accuracy                       float64 // of words
	Overall                        Scores
	Types                          []Row // in alphabetic order

	found byType
}

// Conlleval is the evaluation script of the CoNLL shared tasks (2000 to 2003, in the revision that also knows IOBES). It
// walks along the words once and keeps in mind whether the phrase that it is in has been right so far. Its FB1 comes from
// percentages, and nothing found is a precision of 0.
func Conlleval(truth, predicted [][]string) (ConllReport, error) {
	var r ConllReport
	if err := sameShape(truth, predicted); err != nil {
		return r, err
	}
	outside := conll.Tag{Prefix: "O"}
	w := conllWalk{want: outside, got: outside, found: byType{}}
	for i := range truth {
		for j := range truth[i] {
			want, got := conllTag(truth[i][j]), conllTag(predicted[i][j])
			w.step(want, got)
			r.Words++
			if want == got {
				r.Accuracy++
			}
		}
		w.step(outside, outside) // the boundary of a sentence
	}
	r.found = w.found
	r.Accuracy = ratio(100*r.Accuracy, float64(r.Words))
	var all counts
	for _, kind := range slices.Sorted(maps.Keys(w.found)) {
		n := *w.found[kind]
		all = all.plus(n)
		if kind == "" {
			continue // a phrase without a type counts, but has no line of its own
		}
		r.Types = append(r.Types, Row{kind, n.conllScores()})
	}
	if w.inRight {
		all.right++ // the script counts a phrase that nothing ended here, but not with its type
	}
	r.Phrases, r.Found, r.Correct, r.Overall = all.support, all.predicted, all.right, all.conllScores()
	return r, nil
}

// conllTag splits at the first dash; without one there is no type.
func conllTag(tag string) conll.Tag {
	if prefix, kind, ok := strings.Cut(tag, "-"); ok && kind != "0" { // which Perl takes for nothing
		return conll.Tag{Prefix: prefix, Type: kind}
	} else if ok {
		return conll.Tag{Prefix: prefix}
	}
	return conll.Tag{Prefix: tag}
}

// conllWalk is the state between two words.
type conllWalk struct {
	want, got conll.Tag // of the word before
	inRight   bool      // in a phrase that is right so far
	found     byType
}

func (w *conllWalk) step(want, got conll.Tag) {
	wantEnds, gotEnds := conllEnds(w.want, want), conllEnds(w.got, got)
	if w.inRight {
		switch {
		case wantEnds && gotEnds && w.got.Type == w.want.Type:
			w.inRight = false
			w.found.of(w.want.Type).right++
		case wantEnds != gotEnds || got.Type != want.Type:
			w.inRight = false
		}
	}
	wantStarts, gotStarts := conllStarts(w.want, want), conllStarts(w.got, got)
	if wantStarts && gotStarts && got.Type == want.Type {
		w.inRight = true
	}
	if wantStarts {
		w.found.of(want.Type).support++
	}
	if gotStarts {
		w.found.of(got.Type).predicted++
	}
	w.want, w.got = want, got
}

// Brackets mark phrases of one word.
func conllEnds(before, now conll.Tag) bool {
	return before.Prefix == "[" || before.Prefix == "]" || conll.Ends(before, now)
}

func conllStarts(before, now conll.Tag) bool {
	return now.Prefix == "[" || now.Prefix == "]" || conll.Starts(before, now)
}

func (n counts) conllScores() Scores {
	s := Scores{
		Precision: ratio(100*float64(n.right), float64(n.predicted)),
		Recall:    ratio(100*float64(n.right), float64(n.support)),
		Support:   n.support,
	}
	s.F1 = ratio(2*s.Precision*s.Recall, s.Precision+s.Recall)
	return s
}

// String is the script's output.
func (r ConllReport) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "processed %d tokens with %d phrases; found: %d phrases; correct: %d.\n", r.Words, r.Phrases, r.Found, r.Correct)
	fmt.Fprintf(&b, "accuracy: %6.2f%%; precision: %6.2f%%; recall: %6.2f%%; FB1: %6.2f\n", r.Accuracy, r.Overall.Precision, r.Overall.Recall, r.Overall.F1)
	for _, t := range r.Types {
		fmt.Fprintf(&b, "%17s: precision: %6.2f%%; recall: %6.2f%%; FB1: %6.2f  %d\n", t.Name, t.Precision, t.Recall, t.F1, r.found[t.Name].predicted)
	}
	return b.String()
}
