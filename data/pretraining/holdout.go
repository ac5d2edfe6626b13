package pretraining

import (
	"math"
	"slices"
)

// What a part of a corpus is held out by, in words for people and for manifests.
const (
	HeldOutDocuments = "whole documents"
	HeldOutTails     = "the last sentences of documents"
	HeldOutNothing   = "nothing"
)

// The limits of what is held out. Next sentence prediction is measured with random sentences of another document, so one
// document is too few; and of fewer than ten, two would be much of the text. A tail has a sentence that follows another, the
// other half of next sentence prediction; all tails together are a fifth of the text at most.
const (
	LeastHeldOut = 2
	fewDocuments = 10
	leastTail    = 2
	mostTails    = 5
)

// HeldOut says what of a corpus is kept for evaluation. The zero value keeps nothing.
type HeldOut struct {
	Documents int         // whole ones, from the end of the corpus
	Tails     map[int]int // or the number of sentences from the end of each of these documents
}

// HoldOut decides what of a corpus is kept for evaluation where that is not drawn by chance. share is of the documents. Where
// there are ten or more, or the share asks for two, these are whole documents, at least two. Else the last sentences of the two
// longest documents, or of the only one: the same share of all, at least two each. Where that would be more than a fifth of the
// text, nothing is held out.
func HoldOut(c Corpus, share float64) HeldOut {
	if share <= 0 {
		return HeldOut{}
	}
	n := c.Documents()
	asked := int(math.Round(share * float64(n)))
	if documents := min(max(LeastHeldOut, asked), n-2); documents >= LeastHeldOut && (n >= fewDocuments || asked >= LeastHeldOut) {
		return HeldOut{Documents: documents}
	}
	length := func(doc int) int {
		first, end := c.DocumentRange(doc)
		return end - first
	}
	longest := make([]int, n)
	for doc := range longest {
		longest[doc] = doc
	}
	slices.SortStableFunc(longest, func(a, b int) int { return length(b) - length(a) })
	longest = longest[:min(n, LeastHeldOut)]
	if n == 0 || leastTail*len(longest)*mostTails > c.Sentences() {
		return HeldOut{}
	}
	held := HeldOut{Tails: map[int]int{}}
	for _, doc := range longest {
		tail := int(math.Round(share * float64(c.Sentences()) / float64(len(longest))))
		if tail = min(max(leastTail, tail), length(doc)/2); tail < leastTail {
			return HeldOut{}
		}
		held.Tails[doc] = tail
	}
	return held
}

// How says in words what is held out: one of the constants above.
func (h HeldOut) How() string {
	switch {
	case h.Documents > 0:
		return HeldOutDocuments
	case h.Tails != nil:
		return HeldOutTails
	}
	return HeldOutNothing
}

// Split parts a corpus; heldOut is nil where nothing is held out. Both read from the corpus, which must stay open.
func (h HeldOut) Split(c Corpus) (train, heldOut Corpus) {
	switch {
	case h.Documents > 0:
		return byDocuments(c, h.Documents)
	case h.Tails == nil:
		return c, nil
	}
	front, back := &pieces{whole: c}, &pieces{whole: c}
	for doc := range c.Documents() {
		first, end := c.DocumentRange(doc)
		tail := h.Tails[doc]
		front.add(first, end-tail)
		if tail > 0 {
			back.add(end-tail, end)
		}
	}
	return front, back
}
