package pretraining

import (
	"fmt"

	"gobert/data"
)

// drawer has the memory that drawing one example needs.
type drawer struct {
	source *Source
	rng    random
	a, b   []int32 // tokens of the segments
	mask   masker
}

// draw appends the example of a chunk: [CLS] A [SEP] B [SEP], or [CLS] sentences [SEP].
func (d *drawer) draw(batch *data.Batch, epoch int, c chunk) error {
	s, v := d.source, &d.source.vocab
	d.rng.seed(s.options.Seed, epoch, forExample, c.first)
	start := len(batch.IDs)
	if s.options.NextSentence {
		d.segments(c)
		batch.AppendTexts(v.ClsID, v.SepID, d.a, d.b)
		label := int32(0)
		if c.random {
			label = 1
		}
		batch.Next = append(batch.Next, label)
	} else {
		batch.AppendTexts(v.ClsID, v.SepID, d.full(c))
	}
	for _, id := range batch.IDs[start:] {
		if id < 0 || int(id) >= len(s.kinds) {
			return fmt.Errorf("pretraining: a sentence from %d on (document %d) has token id %d, "+
				"outside the vocabulary of %d (was the corpus built with another tokenizer?)", c.first, c.doc, id, len(s.kinds))
		}
	}
	d.mask.apply(s, &d.rng, batch, start)
	return nil
}

// segments fills a and b and cuts them to length.
func (d *drawer) segments(c chunk) {
	corpus := d.source.corpus
	d.a, d.b = d.a[:0], d.b[:0]
	for i := c.first; i < c.split; i++ {
		d.a = corpus.AppendSentence(d.a, i)
	}
	if c.random {
		d.randomNext(c)
	} else {
		for i := c.split; i < c.last; i++ {
			d.b = corpus.AppendSentence(d.b, i)
		}
	}
	d.a, d.b = TruncatePair(d.a, d.b, d.source.options.Length-pairSpecials, d.rng.coin)
}

// randomNext fills b with sentences of another document, from a random one on.
// The original tries ten times to miss the own document and then takes it with
// the label "random" all the same; drawing among the others cannot fail so.
func (d *drawer) randomNext(c chunk) {
	corpus := d.source.corpus
	doc := d.rng.below(corpus.Documents() - 1)
	if doc >= c.doc {
		doc++
	}
	first, last := corpus.DocumentRange(doc)
	wanted := c.target - len(d.a)
	for i := d.rng.between(first, last-1); i < last; i++ {
		d.b = corpus.AppendSentence(d.b, i)
		// At least one sentence, also where A alone fills the target.
		if len(d.b) >= wanted {
			break
		}
	}
}

// TruncatePair takes tokens from the longer segment (from b, if they are equal) until both fit, at the front or at the back by a
// coin for each token, so that sequences do not always begin and end where sentences do.
func TruncatePair(a, b []int32, room int, front func() bool) (cutA, cutB []int32) {
	for len(a)+len(b) > room {
		longer := &b
		if len(a) > len(b) {
			longer = &a
		}
		*longer = truncateOne(*longer, front)
	}
	return a, b
}

func truncateOne(tokens []int32, front func() bool) []int32 {
	if front() {
		return tokens[1:]
	}
	return tokens[:len(tokens)-1]
}

// full gives the sentences of a chunk, cut to length, with a [SEP] between documents.
func (d *drawer) full(c chunk) []int32 {
	corpus, v := d.source.corpus, &d.source.vocab
	d.a = d.a[:0]
	_, end := corpus.DocumentRange(c.doc)
	for i, doc := c.first, c.doc; i < c.last; i++ {
		if i == end {
			doc++
			_, end = corpus.DocumentRange(doc)
			d.a = append(d.a, v.SepID)
		}
		d.a = corpus.AppendSentence(d.a, i)
	}
	tokens := d.a
	for len(tokens) > d.source.options.Length-singleSpecials {
		tokens = truncateOne(tokens, d.rng.coin)
	}
	return tokens
}
