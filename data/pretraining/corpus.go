package pretraining

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"

	"gobert/internal/fault"
)

// Corpus is text that is tokenized already: documents of sentences of token
// ids. Package indexed reads one from disk, [Memory] holds one. It must be safe
// for many readers at once.
type Corpus interface {
	Documents() int
	Sentences() int
	// DocumentRange returns the sentences first to last, last excluded.
	DocumentRange(doc int) (first, last int)
	SentenceLen(i int) int
	AppendSentence(dst []int32, i int) []int32
}

// Vocabulary is what the masks must know of the tokenizer.
type Vocabulary struct {
	Size                 int
	ClsID, SepID, MaskID int32
	Special              []int32             // never masked, beside the three above: [PAD], [UNK]
	Continuation         func(id int32) bool // "##ing": belongs to the word before; nil: each token is a word
}

// What a token id means to the masks.
const (
	special      uint8 = 1 << iota // never masked
	continuation                   // continues the word before it
)

// kinds tabulates the vocabulary, so that a token costs one load.
func (v Vocabulary) kinds() ([]uint8, error) {
	if v.Size <= 0 {
		return nil, fmt.Errorf("pretraining: vocabulary size is %d, expected the tokenizer's", v.Size)
	}
	kinds := make([]uint8, v.Size)
	for _, id := range append([]int32{v.ClsID, v.SepID, v.MaskID}, v.Special...) {
		if id < 0 || int(id) >= v.Size {
			return nil, fmt.Errorf("pretraining: special token id %d is outside the vocabulary of %d "+
				"(does it lack [CLS], [SEP] or [MASK]?)", id, v.Size)
		}
		kinds[id] |= special
	}
	if v.Continuation != nil {
		for id := range kinds {
			if v.Continuation(int32(id)) {
				kinds[id] |= continuation
			}
		}
	}
	return kinds, nil
}

// documentsPerShard is fixed, so that plans do not depend on the number of cores.
const documentsPerShard = 4096

// eachShard calls f for every run of documents, on all cores.
func eachShard(documents int, f func(shard, first, last int) error) error {
	group, ctx := fault.GroupOf(context.Background())
	group.SetLimit(runtime.GOMAXPROCS(0))
	for shard := range (documents + documentsPerShard - 1) / documentsPerShard {
		group.Go(func() error {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			first := shard * documentsPerShard
			return f(shard, first, min(first+documentsPerShard, documents))
		})
	}
	return group.Wait()
}

// MuchCut is the share of a text that may be lost to long sentences before somebody should hear of it.
const MuchCut = 0.05

// Cut is the share of a text's tokens that sequences of a length have no room for, because their sentences are longer: examples
// begin at sentences, and what is over is cut at both ends, in every epoch. It reads lengths only.
func Cut(c Corpus, length int) float64 {
	var all, over atomic.Int64
	_ = eachShard(c.Documents(), func(_, firstDoc, lastDoc int) error {
		var tokens, cut int
		for doc := firstDoc; doc < lastDoc; doc++ {
			first, last := c.DocumentRange(doc)
			for i := first; i < last; i++ {
				n := c.SentenceLen(i)
				tokens += n
				cut += max(0, n-(length-singleSpecials))
			}
		}
		all.Add(int64(tokens))
		over.Add(int64(cut))
		return nil
	})
	return float64(over.Load()) / float64(max(1, all.Load()))
}

// CheckNextSentence says whether a text of so many documents has pairs for next sentence prediction.
func CheckNextSentence(documents int) error {
	if documents == 1 {
		return errors.New("there is one document, and next sentence prediction takes random sentences from another one")
	}
	return nil
}

// checkCorpus finds what would break a walk in the middle of an epoch: it
// reads lengths only, so ten million documents take about a second.
func checkCorpus(c Corpus, nextSentence bool) error {
	switch documents := c.Documents(); {
	case documents == 0:
		return errors.New("pretraining: the corpus has no documents")
	case nextSentence:
		if err := CheckNextSentence(documents); err != nil {
			return fault.New("pretraining: %w", err).Advise("separate documents by blank lines, or train without next sentence prediction")
		}
	}
	return eachShard(c.Documents(), func(_, firstDoc, lastDoc int) error {
		for doc := firstDoc; doc < lastDoc; doc++ {
			first, last := c.DocumentRange(doc)
			if first < 0 || first >= last || last > c.Sentences() {
				return fmt.Errorf("pretraining: document %d has sentences %d to %d, expected at least one below %d "+
					"(build the corpus without empty documents)", doc, first, last, c.Sentences())
			}
			for i := first; i < last; i++ {
				if c.SentenceLen(i) <= 0 {
					return fmt.Errorf("pretraining: sentence %d of document %d has no tokens "+
						"(build the corpus without empty sentences)", i-first, doc)
				}
			}
		}
		return nil
	})
}
