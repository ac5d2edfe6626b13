package main

import "fmt"

// kind is a kind of thing that an animal may come across, with what the animal does to it, what is good about it and where it is.
// "It", "her" or "him" is told by the kind alone, and so are most verbs, all of which have an "on" behind them: who hides them asks for
// the noun, which comes last.
type kind struct {
	object, subject string   // the pronoun, as "sat on it", "it was"
	things          []string // of this kind
	good            []string // what is said of them alone
	verbs           []string // what is done on them alone
	spots           []string
}

var kinds = []kind{
	{"it", "it", []string{"rug", "mat", "sofa", "cushion"}, []string{"soft", "warm"}, []string{"sat", "slept", "lay"}, []string{"hall", "bedroom"}},
	{"it", "it", []string{"fish", "sausage", "cheese", "ham"}, []string{"tasty", "fresh"}, []string{"fed", "dined", "chewed"}, []string{"cellar", "larder"}},
	{"it", "it", []string{"ball", "feather", "ribbon", "balloon"}, []string{"light", "quick"}, []string{"jumped", "rolled", "pounced"}, []string{"garden", "yard"}},
	{"her", "she", []string{"woman", "girl", "lady"}, []string{"kind", "gentle"}, []string{"leaned", "smiled"}, []string{"street", "bridge"}},
	{"him", "he", []string{"man", "boy", "king"}, []string{"brave", "strong"}, []string{"waited", "called"}, []string{"market", "tower"}},
}

var (
	animals  = []string{"cat", "dog", "kitten", "puppy", "fox", "goat"}
	anything = []string{"nice", "fine"}        // said of all kinds
	whatever = []string{"counted", "insisted"} // done on all kinds
)

// house is a story of an animal and a thing.
type house struct {
	writer
	kind
	animal, thing, spot, name string
}

func (w writer) house() []string {
	h := house{writer: w, kind: kinds[w.IntN(len(kinds))], animal: w.pick(animals), name: w.pick(names)}
	h.thing, h.spot = w.pick(h.things), w.pick(h.spots)
	sentences := []string{fmt.Sprintf("There was a %s %s in the %s.", h.adjective(), h.thing, h.spot)}
	for range 3 + w.IntN(3) {
		sentences = append(sentences, h.sentence())
	}
	return sentences
}

func (h house) sentence() string {
	switch h.IntN(8) {
	case 0:
		return fmt.Sprintf("The %s %s on the %s in the %s.", h.animal, h.verb(), h.thing, h.spot)
	case 1:
		return fmt.Sprintf("Every %s the %s %s on the %s.", h.pick(times), h.animal, h.verb(), h.thing)
	case 2:
		return fmt.Sprintf("%s saw the %s and the %s in the %s.", h.name, h.animal, h.thing, h.spot)
	case 3, 4:
		return fmt.Sprintf("The %s %s on %s, a %s %s.", h.animal, h.verb(), h.object, h.adjective(), h.thing)
	}
	return fmt.Sprintf("The %s %s on %s because %s was a %s %s.", h.animal, h.verb(), h.object, h.subject, h.adjective(), h.thing)
}

func (h house) adjective() string { return h.some(h.good, anything) }
func (h house) verb() string      { return h.some(h.verbs, whatever) }

// some draws a word of the kind, or in one of four cases one that tells nothing about the kind.
func (h house) some(own, others []string) string {
	if h.IntN(4) == 0 {
		return h.pick(others)
	}
	return h.pick(own)
}
