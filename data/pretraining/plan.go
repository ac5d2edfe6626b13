package pretraining

import "sort"

// A plan finds example i of an epoch without drawing those before it.
//
// Where a chunk begins depends on the chunk before, so the plan walks the whole
// corpus once an epoch, by sentence lengths only (no token is read) and on all
// cores. It keeps every 32nd beginning, 16 bytes each: half a byte for an
// example. Finding one walks at most 31 chunks from the mark before it, about a
// microsecond.
type plan struct {
	epoch  int
	shards []shard
	first  []int // [shards+1] index of the first example of each shard
}

// shard is the plan for documentsPerShard documents.
type shard struct {
	marks    []mark // of examples 0, 32, 64, ...
	examples int
	lastDoc  int
}

// mark is the beginning of a chunk.
type mark struct{ doc, sentence int64 }

const markEvery = 32

func (p *plan) examples() int { return p.first[len(p.first)-1] }

// newPlan walks the corpus.
func (s *Source) newPlan(epoch int) *plan {
	documents := s.corpus.Documents()
	p := &plan{
		epoch:  epoch,
		shards: make([]shard, (documents+documentsPerShard-1)/documentsPerShard),
	}
	// The walk cannot fail: checkCorpus has seen all lengths.
	_ = eachShard(documents, func(i, firstDoc, lastDoc int) error {
		p.shards[i] = s.walkShard(epoch, firstDoc, lastDoc)
		return nil
	})
	p.first = make([]int, len(p.shards)+1)
	for i, sh := range p.shards {
		p.first[i+1] = p.first[i] + sh.examples
	}
	return p
}

func (s *Source) walkShard(epoch, firstDoc, lastDoc int) shard {
	sh := shard{lastDoc: lastDoc}
	w := s.walkFrom(epoch, firstDoc, -1, lastDoc)
	for w.more() {
		if sh.examples%markEvery == 0 {
			sh.marks = append(sh.marks, mark{int64(w.doc), int64(w.sentence)})
		}
		w.advance()
		sh.examples++
	}
	return sh
}

// find returns the chunk of example index of the plan's epoch.
func (s *Source) find(p *plan, index int) chunk {
	i := sort.SearchInts(p.first, index+1) - 1
	sh, offset := &p.shards[i], index-p.first[i]
	m := sh.marks[offset/markEvery]
	w := s.walkFrom(p.epoch, int(m.doc), int(m.sentence), sh.lastDoc)
	for range offset % markEvery {
		w.advance()
	}
	return w.chunk()
}

// walk goes over the chunks of a shard in order.
type walk struct {
	source   *Source
	epoch    int
	doc      int // document of the next chunk
	sentence int // first sentence of the next chunk
	end      int // first sentence behind doc
	target   int // of doc; pairs only
	lastDoc  int // first document that is not in the shard
}

// walkFrom starts at a sentence of a document; -1 is its first.
func (s *Source) walkFrom(epoch, doc, sentence, lastDoc int) walk {
	w := walk{source: s, epoch: epoch, lastDoc: lastDoc}
	w.enter(doc)
	if sentence >= 0 {
		w.sentence = sentence
	}
	return w
}

func (w *walk) enter(doc int) {
	w.doc = doc
	if doc == w.lastDoc {
		return
	}
	w.sentence, w.end = w.source.corpus.DocumentRange(doc)
	if w.source.options.NextSentence {
		w.target = w.source.target(w.epoch, doc, w.source.options.Length-pairSpecials)
	}
}

func (w *walk) more() bool { return w.doc < w.lastDoc }

func (w *walk) chunk() chunk {
	if w.source.options.NextSentence {
		return w.source.pairChunk(w.epoch, w.doc, w.target, w.sentence, w.end)
	}
	return w.source.fullChunk(w.epoch, w.doc, w.sentence, w.lastDoc)
}

func (w *walk) advance() {
	next := w.chunk().next
	for w.doc < w.lastDoc && next >= w.end {
		w.enter(w.doc + 1)
	}
	w.sentence = next
}
