package texts

import (
	"gobert/data"
	"gobert/data/corpus"
	"gobert/data/indexed"
	"gobert/data/pretraining"
	"gobert/internal/fault"
)

// Part is a text of a run, to train or to measure on, with what depends on how it is stored: tokenized, so that examples are drawn
// from it ([tokens]), or as examples in TFRecord files ([records]).
type Part interface {
	pretraining.Corpus
	Files() []string

	Longest() (int, error) // tokens of the longest fixed example; 0 of a text
	Fixed() bool           // examples are drawn and masked already
	facts() Facts
	// madeWith refuses a tokenizer that is not the one that the text was made with, where that is known.
	madeWith(data, hash, folder string) error
	// holdOut parts it; heldout is nil where nothing is held out.
	holdOut(held pretraining.HeldOut) (train, heldout Part)
	// Examples are what a loader takes batches from.
	Examples(v pretraining.Vocabulary, o pretraining.Options) (data.Source[*data.Batch], error)
	// Follows says whether the sentences of a document follow each other.
	Follows(doc int) bool
}

// tokens is a tokenized corpus, or a part of one.
type tokens struct {
	pretraining.Corpus
	open     *indexed.Dataset
	manifest *corpus.Manifest
}

// Files lists the files of the shards.
func (t *tokens) Files() (paths []string) {
	for _, prefix := range t.open.Shards() {
		paths = append(paths, prefix+".bin", prefix+".idx")
	}
	return paths
}

func (t *tokens) Longest() (int, error) { return 0, nil }
func (t *tokens) Fixed() bool           { return false }
func (t *tokens) Follows(int) bool      { return true }

func (t *tokens) facts() Facts {
	return Facts{Documents: t.Documents(), Sentences: t.Sentences()}
}

func (t *tokens) madeWith(data, hash, folder string) error {
	if t.manifest == nil || t.manifest.Tokenizer.Hash == hash {
		return nil
	}
	return fault.Usage("{tokenizer}: the corpus in %s was made with another tokenizer than that in %s", data, folder).
		Advise("leave {tokenizer} out, or make the corpus again")
}

func (t *tokens) holdOut(held pretraining.HeldOut) (train, heldout Part) {
	front, back := held.Split(t.Corpus)
	train = &tokens{front, t.open, t.manifest}
	if back != nil {
		heldout = &tokens{back, t.open, t.manifest}
	}
	return train, heldout
}

func (t *tokens) Examples(v pretraining.Vocabulary, o pretraining.Options) (data.Source[*data.Batch], error) {
	return pretraining.New(t.Corpus, v, o)
}
