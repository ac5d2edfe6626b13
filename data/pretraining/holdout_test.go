package pretraining

import (
	"fmt"
	"slices"
	"testing"
)

// documentsOf makes documents of so many sentences each; every token is another one.
func documentsOf(sentences ...int) *Memory {
	var documents [][][]int32
	id := int32(firstWord)
	for _, n := range sentences {
		var document [][]int32
		for range n {
			document = append(document, []int32{id, id + 1})
			id += 2
		}
		documents = append(documents, document)
	}
	return NewMemory(documents)
}

func TestWhatIsHeldOut(t *testing.T) {
	for _, x := range []struct {
		documents []int // sentences of each
		share     float64
		documents1, sentences1,
		documents2, sentences2 int
		how string
	}{
		{[]int{1}, 0.01, 1, 1, 0, 0, HeldOutNothing},
		{[]int{9}, 0.01, 1, 9, 0, 0, HeldOutNothing},
		{[]int{10}, 0.01, 1, 8, 1, 2, HeldOutTails},
		{[]int{1000}, 0.01, 1, 990, 1, 10, HeldOutTails},
		{[]int{10}, 0.9, 1, 5, 1, 5, HeldOutTails}, // never more than half of a document
		{[]int{10, 10}, 0.01, 2, 16, 2, 4, HeldOutTails},
		{[]int{10, 3}, 0.01, 2, 13, 0, 0, HeldOutNothing},   // four of thirteen are too many
		{[]int{100, 3}, 0.01, 2, 103, 0, 0, HeldOutNothing}, // one tail gives no sentence of another document
		{[]int{10, 3, 20}, 0.01, 3, 29, 2, 4, HeldOutTails},
		{slices.Repeat([]int{8}, 5), 0.01, 5, 36, 2, 4, HeldOutTails},
		{slices.Repeat([]int{1000}, 5), 0.01, 5, 4950, 2, 50, HeldOutTails},
		{slices.Repeat([]int{1}, 9), 0.01, 9, 9, 0, 0, HeldOutNothing},
		{slices.Repeat([]int{1}, 10), 0.01, 8, 8, 2, 2, HeldOutDocuments},
		{slices.Repeat([]int{5}, 40), 0.01, 38, 190, 2, 10, HeldOutDocuments},
		{slices.Repeat([]int{1}, 1000), 0.01, 990, 990, 10, 10, HeldOutDocuments},
		{slices.Repeat([]int{3}, 5), 0.5, 2, 6, 3, 9, HeldOutDocuments}, // asked for
		{slices.Repeat([]int{3}, 4), 0.99, 2, 6, 2, 6, HeldOutDocuments},
		{slices.Repeat([]int{3}, 40), 0, 40, 120, 0, 0, HeldOutNothing},
	} {
		c := documentsOf(x.documents...)
		held := HoldOut(c, x.share)
		train, back := held.Split(c)
		documents, sentences := 0, 0
		if back != nil {
			documents, sentences = back.Documents(), back.Sentences()
		}
		got := fmt.Sprint(held.How(), train.Documents(), train.Sentences(), documents, sentences)
		if want := fmt.Sprint(x.how, x.documents1, x.sentences1, x.documents2, x.sentences2); got != want {
			t.Errorf("%v, share %v: %s, expected %s", x.documents, x.share, got, want)
		}
		allOnce(t, c, train, back)
	}
}

// allOnce looks for each sentence in one of two parts of a corpus, and for documents that follow one another.
func allOnce(t *testing.T, whole Corpus, parts ...Corpus) {
	t.Helper()
	var found []int32
	for _, part := range parts {
		if part == nil {
			continue
		}
		end := 0
		for doc := range part.Documents() {
			first, last := part.DocumentRange(doc)
			if first != end || last <= first {
				t.Errorf("document %d has the sentences %d to %d after %d", doc, first, last, end)
			}
			end = last
		}
		if end != part.Sentences() {
			t.Errorf("the documents end at %d of %d sentences", end, part.Sentences())
		}
		for i := range part.Sentences() {
			before := len(found)
			if found = part.AppendSentence(found, i); len(found)-before != part.SentenceLen(i) {
				t.Errorf("sentence %d: %v, its length is said to be %d", i, found[before:], part.SentenceLen(i))
			}
		}
	}
	var all []int32
	for i := range whole.Sentences() {
		all = whole.AppendSentence(all, i)
	}
	slices.Sort(found)
	if !slices.Equal(found, all) {
		t.Errorf("the parts hold %v, expected %v", found, all)
	}
}
