package wordpiece

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"gobert/internal/fault"
)

// rounded is how many ids a model may have more than its tokenizer without a word: vocabularies are rounded up for the hardware.
const rounded = 128

const cutShort = "was the vocabulary cut short?"

// ForModel checks that a model with so many embeddings can be fed with what this package cuts: [CLS] A [SEP], or [CLS] A [SEP] B
// [SEP], and no id beyond. The doubt is for people: the tokenizer knows far fewer tokens than the model, which transformers takes
// without a word, and which a file that was cut short looks like; or the vocabulary alone told whether case counts.
func (t *Tokenizer) ForModel(vocabulary int) (doubt string, err error) {
	var errs []error
	for name, id := range map[string]int32{t.spec.options.Cls: t.names.Cls, t.spec.options.Sep: t.names.Sep} {
		if id < 0 {
			errs = append(errs, fmt.Errorf("the vocabulary has no %q, which stands around every text", name))
		}
	}
	if len(errs) == 0 && !t.spec.template.equal(t.bertTemplate()) {
		errs = append(errs, errors.New("post_processor of tokenizer.json puts other tokens around a text than [CLS] and [SEP] as BERT has them: not supported"))
	}
	if len(t.spec.guessed) > 0 && vocabulary > len(t.spec.vocabulary) {
		errs = append(errs, fault.New("the vocabulary of %d tokens lacks %s, and no file gives ids for what it lacks: these would be new ones, which the "+
			"model's %d embeddings have for something else", len(t.spec.vocabulary), strings.Join(t.spec.guessed, ", "), vocabulary).Advise(cutShort))
	}
	if t.Size() > vocabulary {
		errs = append(errs, fault.New("the tokenizer knows %d tokens, its model %d", t.Size(), vocabulary).Advise("they do not belong together"))
	}
	var doubts []string
	if missing := vocabulary - t.Size(); missing >= rounded {
		doubts = append(doubts, fault.WithHint(fmt.Sprintf("the tokenizer knows %d tokens, its model %d: %d of them can never be read", t.Size(), vocabulary, missing), cutShort))
	}
	if t.spec.asCased {
		doubts = append(doubts, fault.WithHint("vocab.txt has capital letters, and no tokenizer_config.json says more: text keeps its case, where "+
			"transformers would make it lower case", `a tokenizer_config.json with {"do_lower_case": false} says so for both, with true the other`))
	}
	if len(errs) > 0 {
		return "", errors.Join(errs...)
	}
	return strings.Join(doubts, "; "), nil
}

// TruncationSide is where text is cut off that is too long: Left or Right.
func (t *Tokenizer) TruncationSide() Side { return cmp.Or(t.spec.options.TruncationSide, Right) }

// Lowered is the tokenizer with text made lower case before all else; accents are treated as they were.
func (t *Tokenizer) Lowered() (*Tokenizer, error) {
	s := t.spec
	strip := s.options.rules().StripAccents
	s.options.Lowercase, s.options.StripAccents = true, &strip
	u, err := build(s)
	if err != nil {
		return nil, fmt.Errorf("wordpiece: making text lower case: %w", err)
	}
	return u, nil
}
