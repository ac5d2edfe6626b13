package pretrain

import "gobert/data/pretraining"

// part is a run of a corpus's documents, seen as a corpus.
type part struct {
	whole            pretraining.Corpus
	document, behind int // documents document to behind, behind excluded
	sentence, end    int // their sentences
}

// split cuts a corpus into a front and a tail by documents.
func split(whole pretraining.Corpus, tail int) (front, back pretraining.Corpus) {
	n := whole.Documents()
	cut := n - tail
	boundary, _ := whole.DocumentRange(cut)
	return &part{whole, 0, cut, 0, boundary}, &part{whole, cut, n, boundary, whole.Sentences()}
}

// Documents counts the part's documents.
func (p *part) Documents() int { return p.behind - p.document }

// Sentences counts the part's sentences.
func (p *part) Sentences() int { return p.end - p.sentence }

// DocumentRange gives the sentences of a document, counted within the part.
func (p *part) DocumentRange(doc int) (first, last int) {
	first, last = p.whole.DocumentRange(p.document + doc)
	return first - p.sentence, last - p.sentence
}

// SentenceLen counts the tokens of a sentence.
func (p *part) SentenceLen(i int) int { return p.whole.SentenceLen(p.sentence + i) }

// AppendSentence appends the token ids of a sentence.
func (p *part) AppendSentence(dst []int32, i int) []int32 {
	return p.whole.AppendSentence(dst, p.sentence+i)
}
