package corpus

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gobert/data/indexed"
	"gobert/data/pretraining"
	"gobert/data/wordpiece"
	"gobert/internal/disk"
	"gobert/internal/fault"
)

// Corpus is tokenized text, mapped from disk.
type Corpus struct {
	Folder   string
	Manifest *Manifest // nil for a corpus that others made
	Train    *indexed.Dataset
	HeldOut  *indexed.Dataset // nil where nothing was held out
}

// Open opens a corpus that [Build] made, and checks that its files are those of its manifest; or files that others made, such as
// Megatron-LM: a folder of them, or the prefix of a pair.
func Open(path string) (*Corpus, error) {
	c := &Corpus{Folder: path}
	var err error
	if c.Manifest, err = ManifestOf(path); err != nil {
		return nil, err
	}
	if c.Manifest == nil {
		if c.Train, err = indexed.Open(path); err != nil {
			return nil, err
		}
		own := filepath.Join(path, HeldOutName)
		if found, _ := filepath.Glob(filepath.Join(own, "*.idx")); len(found) > 0 {
			if c.HeldOut, err = indexed.Open(own); err != nil {
				return nil, errors.Join(err, c.Train.Close())
			}
		}
		return c, nil
	}
	if c.Train, err = c.open(TrainName, c.Manifest.Train); err != nil {
		return nil, err
	}
	if c.Manifest.HeldOut.Documents > 0 {
		if c.HeldOut, err = c.open(HeldOutName, c.Manifest.HeldOut); err != nil {
			return nil, errors.Join(err, c.Train.Close())
		}
	}
	return c, nil
}

// ManifestOf reads the manifest of a corpus; it is nil for one that others made. A corpus that is not finished is an error.
func ManifestOf(path string) (*Manifest, error) {
	for _, name := range []string{ManifestName, TrainName} {
		if _, err := os.Stat(filepath.Join(path, name)); err == nil {
			return ReadManifest(path)
		}
	}
	if found, err := Parts(path); err == nil && len(found) > 0 {
		return nil, fault.New("corpus: opening %s: it holds %d of %d parts, which are not joined", path, len(found), found[0].Of).
			Advise("pretrain data {join} {out} %s", path)
	}
	if disk.IsThere(filepath.Join(path, partName)) {
		return nil, fault.New("corpus: opening %s: it is a part of a corpus", path).Advise("all parts are joined in the folder above it: pretrain data {join} {out} %s", filepath.Dir(path))
	}
	return nil, nil
}

// TokenizerOf finds the tokenizer that lies in or beside a corpus; "" where there is none.
func TokenizerOf(path string) string {
	beside := filepath.Dir(path)
	for _, folder := range []string{path, filepath.Join(path, TokenizerName), beside, filepath.Join(beside, TokenizerName)} {
		if wordpiece.In(folder) {
			return folder
		}
	}
	return ""
}

func (c *Corpus) open(name string, want Counts) (*indexed.Dataset, error) {
	folder := filepath.Join(c.Folder, name)
	if entries, err := os.ReadDir(folder); len(entries) == 0 || err != nil {
		return nil, fault.New("corpus: opening %s: %s is gone, in which %d documents are", c.Folder, folder, want.Documents).
			Advise("build it again with {overwrite}")
	}
	known := c.Manifest.prefixes(c.Folder, name)
	there, _ := filepath.Glob(filepath.Join(folder, "*.idx"))
	for _, path := range there {
		if !slices.Contains(known, strings.TrimSuffix(path, ".idx")) {
			return nil, fault.New("corpus: opening %s: %s is no file of the corpus that 'pretrain data' made", c.Folder, path).
				Advise("remove it, or make the corpus again")
		}
	}
	for _, prefix := range known {
		if !slices.Contains(there, prefix+".idx") { // damage, not a name that the user mistyped
			return nil, fault.New("corpus: opening %s: %s.idx is gone", c.Folder, prefix).
				Advise("copy the corpus anew, or build it again with {overwrite}")
		}
	}
	d, err := indexed.Open(known...)
	if err != nil {
		return nil, fmt.Errorf("corpus: opening %s: %w", c.Folder, err)
	}
	got := Counts{int64(d.Documents()), int64(d.Sentences()), d.Tokens()}
	if got != want {
		return nil, errors.Join(fault.New("corpus: opening %s: it has %d documents, %d sentences and %d tokens, its manifest says %d, %d and %d",
			folder, got.Documents, got.Sentences, got.Tokens, want.Documents, want.Sentences, want.Tokens).Advise("build it again with {overwrite}"), d.Close())
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
		err = fault.New("corpus: %s: %w", c.Folder, err).Advise("{document-lines} %d ends a document after as many lines; {format} lines takes "+
			"each line for a document; or train without: {no-nsp}", c.DocumentLines())
	}
	return err
}
