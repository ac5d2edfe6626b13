package corpus

import (
	"errors"
	"fmt"
	"path/filepath"

	"gobert/data/indexed"
	"gobert/data/pretraining"
)

// Corpus is a corpus that has been built: its manifest and its data sets, mapped from disk.
type Corpus struct {
	Folder   string
	Manifest *Manifest
	Train    *indexed.Dataset
	HeldOut  *indexed.Dataset // nil where nothing was held out
}

// Open opens a corpus that [Build] made, and checks that its files are those of its manifest.
func Open(folder string) (*Corpus, error) {
	m, err := ReadManifest(folder)
	if err != nil {
		return nil, err
	}
	c := &Corpus{Folder: folder, Manifest: m}
	if c.Train, err = c.open(TrainName, m.Train); err != nil {
		return nil, err
	}
	if m.HeldOut.Documents > 0 {
		if c.HeldOut, err = c.open(HeldOutName, m.HeldOut); err != nil {
			return nil, errors.Join(err, c.Train.Close())
		}
	}
	return c, nil
}

func (c *Corpus) open(name string, want Counts) (*indexed.Dataset, error) {
	folder := filepath.Join(c.Folder, name)
	d, err := indexed.Open(c.Manifest.prefixes(c.Folder, name)...)
	if err != nil {
		return nil, fmt.Errorf("corpus: opening %s: %w", c.Folder, err)
	}
	got := Counts{int64(d.Documents()), int64(d.Sentences()), d.Tokens()}
	if got != want {
		return nil, errors.Join(fmt.Errorf("corpus: opening %s: it has %d documents, %d sentences and %d tokens, its manifest says %d, %d and %d "+
			"(hint: build it again with --overwrite)", folder, got.Documents, got.Sentences, got.Tokens,
			want.Documents, want.Sentences, want.Tokens), d.Close())
	}
	return d, nil
}

// Close unmaps the files.
func (c *Corpus) Close() error {
	errs := []error{c.Train.Close()}
	if c.HeldOut != nil {
		errs = append(errs, c.HeldOut.Close())
	}
	return errors.Join(errs...)
}

// Tokenizer returns the folder of the tokenizer that the corpus was built with.
func (c *Corpus) Tokenizer() string { return filepath.Join(c.Folder, TokenizerName) }

// DocumentLines proposes how many lines a document may have, of a text that does not mark its documents: a hundred, and of a small
// text fewer, so that there are twenty.
func (c *Corpus) DocumentLines() int {
	return int(min(100, max(5, c.Manifest.Statistics.Sentences/20)))
}

// CheckNextSentence tells whether pairs of sentences can be drawn: a random next sentence comes
// from another document.
func (c *Corpus) CheckNextSentence() error {
	err := pretraining.CheckNextSentence(c.Train.Documents())
	if err != nil {
		err = fmt.Errorf("corpus: %s: %w (hint: --document-lines %d ends a document after as many lines; --format lines takes each line for a "+
			"document; or train without: --no-nsp)", c.Folder, err, c.DocumentLines())
	}
	return err
}
