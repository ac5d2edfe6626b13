package pretraining

import "sort"

// part is a run of a corpus's documents, seen as a corpus.
type part struct {
	whole              Corpus
	firstDoc, endDoc   int // its documents in the whole; endDoc is the first behind them
	firstSent, endSent int // and its sentences
}

// byDocuments cuts a corpus into a front and its last documents.
func byDocuments(whole Corpus, last int) (front, back Corpus) {
	n := whole.Documents()
	cut := n - last
	boundary, _ := whole.DocumentRange(cut)
	return &part{whole, 0, cut, 0, boundary}, &part{whole, cut, n, boundary, whole.Sentences()}
}

// Documents counts the part's documents.
func (p *part) Documents() int { return p.endDoc - p.firstDoc }

// Sentences counts the part's sentences.
func (p *part) Sentences() int { return p.endSent - p.firstSent }

// DocumentRange gives the sentences of a document, counted within the part.
func (p *part) DocumentRange(doc int) (first, last int) {
	first, last = p.whole.DocumentRange(p.firstDoc + doc)
	return first - p.firstSent, last - p.firstSent
}

// SentenceLen counts the tokens of a sentence.
func (p *part) SentenceLen(i int) int { return p.whole.SentenceLen(p.firstSent + i) }

// AppendSentence appends the token ids of a sentence.
func (p *part) AppendSentence(dst []int32, i int) []int32 {
	return p.whole.AppendSentence(dst, p.firstSent+i)
}

// pieces are runs of sentences of a corpus, each seen as a document.
type pieces struct {
	whole  Corpus
	first  []int // [D] sentence of the whole at which each piece begins
	starts []int // [D+1] the same sentence counted within the pieces, and the end
}

func (p *pieces) add(first, end int) {
	if p.starts == nil {
		p.starts = []int{0}
	}
	p.first = append(p.first, first)
	p.starts = append(p.starts, p.starts[len(p.first)-1]+end-first)
}

// Documents counts the pieces.
func (p *pieces) Documents() int { return len(p.first) }

// Sentences counts the sentences of all pieces.
func (p *pieces) Sentences() int { return p.starts[len(p.first)] }

// DocumentRange gives the sentences of a piece, counted within the pieces.
func (p *pieces) DocumentRange(doc int) (first, last int) { return p.starts[doc], p.starts[doc+1] }

// SentenceLen counts the tokens of a sentence.
func (p *pieces) SentenceLen(i int) int { return p.whole.SentenceLen(p.at(i)) }

// AppendSentence appends the token ids of a sentence.
func (p *pieces) AppendSentence(dst []int32, i int) []int32 {
	return p.whole.AppendSentence(dst, p.at(i))
}

// at gives a sentence's number in the whole corpus.
func (p *pieces) at(i int) int {
	doc := sort.SearchInts(p.starts, i+1) - 1
	return p.first[doc] + i - p.starts[doc]
}
