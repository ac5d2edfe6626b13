package corpus

import (
	"errors"
	"strings"

	"gobert/data/wordpiece"
	"gobert/internal/fault"
)

// BuildOptions say what corpus to build. [NewBuildOptions] fills in what is usual.
type BuildOptions struct {
	ReadOptions
	Tokenizer *wordpiece.Tokenizer
	Folder    string // of the corpus; made where it is missing

	ShardSize int64   // bytes of text in a shard, about
	HeldOut   float64 // share of documents that are kept for evaluation
	Seed      uint64  // of the choice of those
	Workers   int     // goroutines that tokenize; 0: a core each. It changes the speed only
	Overwrite bool    // replace a corpus that was made with other settings

	Progress func(Progress) // called on another goroutine after each block; may be nil

	joining bool  // parts may lie in the folder
	total   int64 // bytes of what is read in the place of the sources
}

// Progress is how far building is.
type Progress struct {
	Read, Total int64 // bytes of the files; Total is 0 where it is not known
	Statistics  Statistics
	Resumed     int // shards that were there already
}

// NewBuildOptions returns usual settings: shards of 256 MiB of text, one document in a hundred
// held out.
func NewBuildOptions() BuildOptions {
	return BuildOptions{ShardSize: 256 << 20, HeldOut: 0.01}
}

// Validate returns all faults of the options, joined.
func (o *BuildOptions) Validate() error {
	faults := []error{o.ReadOptions.Validate()}
	refuse := func(format string, args ...any) { faults = append(faults, fault.New("corpus: "+format, args...)) }
	if o.Folder == "" {
		refuse("no folder given, expected where the corpus is to be")
	}
	if o.ShardSize < 1 {
		refuse("shard size is %d bytes, expected at least 1", o.ShardSize)
	}
	if !(o.HeldOut >= 0 && o.HeldOut < 1) {
		refuse("held-out share is %v, expected 0 or more and less than 1", o.HeldOut)
	}
	if o.Workers < 0 {
		refuse("%d workers, expected 0 (all cores) or more", o.Workers)
	}
	if o.Tokenizer == nil {
		refuse("no tokenizer given")
	} else if lacks := lacking(o.Tokenizer.Special()); len(lacks) > 0 {
		faults = append(faults, fault.New("corpus: the vocabulary lacks %s, which BERT needs", strings.Join(lacks, ", ")).
			Advise("train one with pretrain vocab, or add them to vocab.txt"))
	}
	return errors.Join(faults...)
}

// lacking names the special tokens that are missing.
func lacking(s wordpiece.Special) (names []string) {
	for _, token := range []struct {
		name string
		id   int32
	}{{"[PAD]", s.Pad}, {"[UNK]", s.Unk}, {"[CLS]", s.Cls}, {"[SEP]", s.Sep}, {"[MASK]", s.Mask}} {
		if token.id < 0 {
			names = append(names, token.name)
		}
	}
	return names
}

func (o *BuildOptions) settings() Settings {
	return Settings{
		Format: o.Format, Field: o.Field, Split: o.Split, ShardSize: o.ShardSize, HeldOut: o.HeldOut, Seed: o.Seed,
		DocumentLines: o.DocumentLines,
	}
}
