package pretraining

// chunk is a run of sentences that one example is made of. Its place, and so
// the number of examples of an epoch, follows from sentence lengths alone.
type chunk struct {
	doc    int  // the document of first
	target int  // wished number of tokens without special ones
	first  int  // sentences first to split are segment A
	split  int  // sentences split to last are segment B, if it is the actual next
	last   int  // first sentence that is not in the chunk
	next   int  // first sentence of the chunk that follows
	random bool // segment B comes from another document
}

// special tokens of a sequence: [CLS] A [SEP] B [SEP], or [CLS] A [SEP].
const (
	pairSpecials   = 3
	singleSpecials = 2
)

// target draws the wished length. Sequences usually fill all of it, because
// anything shorter wastes a step; some are shorter on purpose, since the tasks
// that come later have short texts. BERT draws it once for a document, not for
// a sequence: all examples of a document share it.
func (s *Source) target(epoch, position, room int) int {
	var r random
	r.seed(s.options.Seed, epoch, forTarget, position)
	if r.unit() < s.options.ShortProb {
		return r.between(2, room)
	}
	return room
}

// pairChunk finds the chunk that begins at sentence first of a document that
// ends before sentence end.
//
// BERT grows a chunk sentence by sentence until the target is reached, and
// splits it at a random sentence. In half of the cases the second part is
// replaced by text from elsewhere, and its sentences are put back: the next
// chunk begins with them. So a chunk begins where the one before decided, but
// never twice at the same sentence: this makes the first sentence a name for
// the example, from which everything else is drawn.
func (s *Source) pairChunk(epoch, doc, target, first, end int) chunk {
	c := chunk{doc: doc, target: target, first: first, split: first + 1, last: first, random: true}
	for tokens := 0; c.last < end && tokens < target; c.last++ {
		tokens += s.corpus.SentenceLen(c.last)
	}
	// One sentence leaves nothing to follow it: BERT takes a random next then,
	// which makes random pairs a little more than half of all.
	if sentences := c.last - c.first; sentences >= 2 {
		var r random
		r.seed(s.options.Seed, epoch, forSplit, first)
		c.split = first + r.between(1, sentences-1)
		c.random = r.unit() < 0.5
	}
	c.next = c.last
	if c.random {
		c.next = c.split
	}
	return c
}

// fullChunk finds the chunk of whole sentences that begins at sentence first
// and fills the target, over document bounds (FULL-SENTENCES of Liu et al.
// 2019, section 4.2). A [SEP] between two documents counts as a token.
func (s *Source) fullChunk(epoch, doc, first, lastDoc int) chunk {
	room := s.options.Length - singleSpecials
	target := s.target(epoch, first, room)
	c := chunk{doc: doc, target: target, first: first, last: first}
	_, end := s.corpus.DocumentRange(doc)
	for tokens := 0; ; c.last++ {
		if c.last == end {
			if doc++; doc == lastDoc {
				break
			}
			_, end = s.corpus.DocumentRange(doc)
			tokens++
		}
		tokens += s.corpus.SentenceLen(c.last)
		// A sentence longer than the room is a chunk of its own, truncated later.
		if tokens > target && c.last > first {
			break
		}
	}
	c.split, c.next = c.last, c.last
	return c
}
