package texts

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"gobert/data/corpus"
	"gobert/data/pretraining"
	"gobert/data/wordpiece"
	"gobert/internal/disk"
	"gobert/internal/fault"
)

// Texts are what a run reads: the corpus to train on, the one to measure on, and the tokenizer they were made with.
type Texts struct {
	Train, Heldout Part // without a held-out part one measures on the other
	Tokenizer      *wordpiece.Tokenizer
	Folder         string // of the tokenizer
	TrainFiles     []string
	HeldoutFiles   []string // none where the part held out is one of train

	how  string // what is held out, in words
	open []io.Closer
}

// Close unmaps the corpora.
func (t *Texts) Close() error {
	var errs []error
	for _, d := range t.open {
		errs = append(errs, d.Close())
	}
	t.open = nil
	return errors.Join(errs...)
}

// Evaluation is the text that a model is measured on: the held-out part, or the training text where nothing is held out.
func (t *Texts) Evaluation() Part {
	if t.Heldout != nil {
		return t.Heldout
	}
	return t.Train
}

// Options say what is read.
type Options struct {
	Data         string  // a folder that package corpus made, one with Megatron-LM's .bin and .idx files, or TFRecord files
	Heldout      string  // another text to measure on; empty: the held-out part of Data
	HeldoutShare float64 // of the documents or examples, the last ones, where Data has no held-out part
	Tokenizer    string  // empty: the one kept in Data
	Pairs        bool    // next sentence prediction: there must be two documents
}

// Open opens all that is named. What comes back beside an error is what could be opened, and must be
// closed.
func Open(c Options) (*Texts, error) {
	t := &Texts{}
	if err := notText(c.Data); err != nil {
		return t, err
	}
	faults := []error{t.openCorpora(c)}
	if c.Pairs {
		faults = append(faults, t.pairs(c.Data))
	}
	folder := c.Tokenizer
	if folder == "" {
		folder = corpus.TokenizerOf(c.Data)
	}
	if folder == "" && t.Train == nil { // there is no corpus at all
		return t, errors.Join(faults...)
	}
	if folder == "" {
		faults = append(faults, fault.Usage("{tokenizer}: %s keeps no tokenizer", c.Data).Advise("name the folder that the corpus was made with"))
		return t, errors.Join(faults...)
	}
	var err error
	if t.Tokenizer, err = wordpiece.Open(folder); err != nil {
		return t, errors.Join(append(faults, fault.New("{tokenizer}: %w", err))...)
	}
	t.Folder = folder
	if t.Train != nil {
		if err := t.Train.madeWith(c.Data, t.Tokenizer.Hash(), folder); err != nil {
			return t, errors.Join(append(faults, err)...)
		}
	}
	return t, errors.Join(append(faults, t.belongTogether(c.Data))...)
}

// ManifestOf reads what 'pretrain data' says about a corpus; nil for one that others made.
func ManifestOf(data string) (*corpus.Manifest, error) {
	m, err := corpus.ManifestOf(data)
	if err != nil {
		return nil, fault.New("{data}: %w", err)
	}
	return m, nil
}

// notText catches what beginners do first: giving the text itself.
func notText(path string) error {
	if !disk.IsThere(path) || isFolder(path) || strings.HasSuffix(path, ".idx") || strings.HasSuffix(path, ".bin") || len(recordsOf(path)) > 0 {
		return nil
	}
	return fault.Usage("{data}: %s is a file, not a corpus", path).
		Advise("pretrain vocab %[1]s {out} vocab && pretrain data %[1]s {tokenizer} vocab {out} corpus, then {data} corpus", path)
}

// holdsIndex says whether a folder holds files of a corpus.
func holdsIndex(folder string) bool {
	found, err := filepath.Glob(filepath.Join(folder, "*.idx"))
	return err == nil && len(found) > 0
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// Vocabulary is what masks must know of the tokenizer.
func Vocabulary(t *wordpiece.Tokenizer) (pretraining.Vocabulary, error) {
	s := t.Special()
	v := pretraining.Vocabulary{
		Size: t.Size(), ClsID: s.Cls, SepID: s.Sep, MaskID: s.Mask,
		Continuation: func(id int32) bool { return strings.HasPrefix(t.Token(id), "##") },
	}
	var missing []string
	for name, id := range map[string]int32{"[CLS]": s.Cls, "[SEP]": s.Sep, "[MASK]": s.Mask} {
		if id < 0 {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return v, fault.New("{tokenizer}: it has no %s", strings.Join(missing, ", "))
	}
	for _, id := range []int32{s.Pad, s.Unk} {
		if id >= 0 {
			v.Special = append(v.Special, id)
		}
	}
	return v, nil
}

// belongTogether looks for ids that the tokenizer does not have.
func (t *Texts) belongTogether(data string) error {
	for _, part := range []Part{t.Train, t.Heldout} {
		if part == nil {
			continue
		}
		if id := highest(part); int(id) >= t.Tokenizer.Size() {
			return fault.Usage("{tokenizer}: the corpus in %s has the token id %d, and the tokenizer in %s only %d ids: it was made with another one",
				data, id, t.Folder, t.Tokenizer.Size())
		}
	}
	return nil
}

// looked is how many sentences are read to find ids that are too high.
const looked = 20000

// highest is the highest id of sentences spread over a corpus.
func highest(c pretraining.Corpus) (id int32) {
	n := c.Sentences()
	var ids []int32
	for i := range min(n, looked) {
		ids = c.AppendSentence(ids[:0], i*n/min(n, looked))
		for _, x := range ids {
			id = max(id, x)
		}
	}
	return id
}
