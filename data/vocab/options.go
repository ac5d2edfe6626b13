package vocab

import (
	"errors"
	"fmt"
)

// Stage is a part of the work that progress is reported of.
type Stage int

// The stages, in their order, and the unit of what is done.
const (
	Counting Stage = iota // bytes of text; of [Learn] those of its files
	Merging               // entries of the vocabulary
)

// Options are the settings of a training. [NewOptions] fills in what is usual.
type Options struct {
	Size          int      // entries of the vocabulary, special tokens included
	MinFrequency  int64    // a pair that occurs less often is not merged
	LimitAlphabet int      // characters to keep, the most frequent ones; 0: all
	SpecialTokens []string // the first entries, in this order

	Memory   int64                                // bytes, about; what does not fit goes to disk while counting
	Folder   string                               // for sorted runs; "": the system's folder for temporary files
	Progress func(stage Stage, done, total int64) // total is 0 where nobody knows; called on another goroutine; may be nil
}

// NewOptions returns the settings of BERT's own vocabulary: 30,522 entries, pairs that occur at
// least twice, the five special tokens in the order of Hugging Face's trainer, one GiB of memory.
// 6,000 characters are more than any script but the Chinese has; what the text holds of them besides
// is noise that would take entries from words.
func NewOptions() Options {
	return Options{
		Size: 30522, MinFrequency: 2, LimitAlphabet: 6000,
		SpecialTokens: []string{"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"},
		Memory:        1 << 30,
	}
}

// minMemory is what tables on every core and the buffers of a merge of runs take at least.
const minMemory = 16 << 20

// Validate returns all faults of the options, joined.
func (o Options) Validate() error {
	var errs []error
	if o.Size <= len(o.SpecialTokens) {
		errs = append(errs, fmt.Errorf("vocab: size is %d, expected more than the %d special tokens", o.Size, len(o.SpecialTokens)))
	}
	if o.MinFrequency < 0 {
		errs = append(errs, fmt.Errorf("vocab: minimal frequency is %d, expected 0 or more", o.MinFrequency))
	}
	if o.LimitAlphabet < 0 {
		errs = append(errs, fmt.Errorf("vocab: limit of the alphabet is %d, expected 0 (none) or more", o.LimitAlphabet))
	}
	if o.Memory < minMemory {
		errs = append(errs, fmt.Errorf("vocab: memory is %d bytes, expected at least %d", o.Memory, minMemory))
	}
	seen := map[string]bool{}
	for i, token := range o.SpecialTokens {
		if token == "" || seen[token] {
			errs = append(errs, fmt.Errorf("vocab: special token %d is %q, expected one that is not empty and not there yet", i, token))
		}
		seen[token] = true
	}
	return errors.Join(errs...)
}

func (o Options) progress(stage Stage, done, total int64) {
	if o.Progress != nil {
		o.Progress(stage, done, total)
	}
}
