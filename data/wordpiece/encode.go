package wordpiece

import (
	"errors"
	"fmt"
)

// EncodeOptions say how texts become encodings. The zero value is what transformers does when nothing is said: special tokens,
// no truncation, no padding.
type EncodeOptions struct {
	NoSpecial     bool // without [CLS] and [SEP]
	SplitSpecial  bool // special tokens that are written in the text are text like any other, whatever the folder says
	MaxLength     int  // in tokens, special ones included; 0: what the model takes, where that is known
	Truncation    Truncation
	Stride        int // how many tokens the pieces that overflow share with the one before
	Padding       Padding
	PadToMultiple int  // lengths after padding are multiples of it; 0: any
	PaddingSide   Side // where padding goes
	TruncateSide  Side // where text is cut off
	Workers       int  // goroutines of a batch; 0: one for each core
}

// An Input is one text, or a pair of them, as text or as words.
type Input struct {
	Text, Pair string
	IsPair     bool     // there is a Pair, even if it is empty
	Words      []string // in place of Text: words that somebody cut already (is_split_into_words)
	PairWords  []string // in place of Pair
}

// Text is the input of one text.
func Text(text string) Input { return Input{Text: text} }

// Pair is the input of two texts.
func Pair(text, pair string) Input { return Input{Text: text, Pair: pair, IsPair: true} }

// SplitWords is the input of a text that is cut into words already. Offsets are in each word, word ids count the words.
func SplitWords(words []string) Input { return Input{Words: nonNil(words)} }

// SplitPair is the input of two such texts.
func SplitPair(words, pair []string) Input {
	return Input{Words: nonNil(words), PairWords: nonNil(pair), IsPair: true}
}

func nonNil(words []string) []string {
	if words == nil {
		return []string{}
	}
	return words
}

// Encode encodes a text, or a pair where pair is not empty.
func (t *Tokenizer) Encode(text, pair string, o EncodeOptions) (*Encoding, error) {
	return t.EncodeInput(Input{Text: text, Pair: pair, IsPair: pair != ""}, o)
}

// EncodeWords encodes a text that is cut into words already.
func (t *Tokenizer) EncodeWords(words []string, o EncodeOptions) (*Encoding, error) {
	return t.EncodeInput(SplitWords(words), o)
}

// EncodeInput encodes an input. Padding to the longest is padding to its own length.
func (t *Tokenizer) EncodeInput(in Input, o EncodeOptions) (*Encoding, error) {
	batch, err := t.EncodeBatch([]Input{in}, o)
	if err != nil {
		return nil, err
	}
	return batch[0], nil
}

// plan is what options mean for a tokenizer.
type plan struct {
	EncodeOptions
	limit    int // tokens of an encoding; -1: any number
	pad      padding
	fixed    int // length to pad to; -1: the longest of the batch
	template template
	own      *Tokenizer                                           // nil: another module's
	text     func(text string, words []string) (*Encoding, error) // one text, without special tokens
}

// plan resolves options and lists what is wrong with them.
func (t *Tokenizer) plan(o EncodeOptions) (plan, error) {
	p := plan{EncodeOptions: o, limit: -1, fixed: -1, template: *t.spec.template, own: t}
	p.SplitSpecial = o.SplitSpecial || t.spec.options.SplitSpecial
	p.text = func(text string, words []string) (*Encoding, error) { return t.text(text, words, p.SplitSpecial), nil }
	var errs []error
	if o.MaxLength < 0 || o.Stride < 0 || o.PadToMultiple < 0 {
		errs = append(errs, fmt.Errorf("length %d, stride %d, multiple %d: expected 0 or more", o.MaxLength, o.Stride, o.PadToMultiple))
	}
	if o.Truncation < TruncateAuto || o.Truncation > OnlySecond || o.Padding < DoNotPad || o.Padding > PadMaxLength {
		errs = append(errs, fmt.Errorf("%v, %v: expected a truncation and a padding of this package", o.Truncation, o.Padding))
	}
	if p.Truncation == TruncateAuto {
		p.Truncation = DoNotTruncate
		if o.MaxLength > 0 && o.Padding == DoNotPad {
			p.Truncation = LongestFirst
		}
	}
	length := o.MaxLength
	if length == 0 {
		length = t.MaxLength()
	}
	if p.Padding == PadMaxLength && length == 0 {
		p.Padding = DoNotPad // as transformers does where no length is known
	}
	if p.Truncation != DoNotTruncate && length > 0 {
		p.limit = length
	}
	if p.limit >= 0 {
		room := p.limit - t.spec.template.added(false)
		if room >= 0 && room < o.Stride {
			errs = append(errs, fmt.Errorf("stride is %d, expected at most the %d tokens that %d leave beside the special ones", o.Stride, room, p.limit))
		}
	}
	if p.Padding == PadMaxLength {
		p.fixed = length
	}
	if p.Padding != DoNotPad {
		if t.names.Pad < 0 {
			errs = append(errs, errNoPad)
		}
		if p.limit > 0 && o.PadToMultiple > 0 && length%o.PadToMultiple != 0 {
			errs = append(errs, fmt.Errorf("truncation to %d, which is no multiple of the %d that padding makes", length, o.PadToMultiple))
		}
	}
	p.pad = padding{id: t.names.Pad, token: t.Token(t.names.Pad), side: side(o.PaddingSide, t.spec.options.PaddingSide)}
	p.TruncateSide = side(o.TruncateSide, t.spec.options.TruncationSide)
	if err := errors.Join(errs...); err != nil {
		return p, fmt.Errorf("wordpiece: encoding: %w", err)
	}
	return p, nil
}

// side is the first of them that says something.
func side(sides ...Side) Side {
	for _, s := range sides {
		if s != SideDefault {
			return s
		}
	}
	return Right
}

// encode encodes one input up to padding, whatever it is: the general way.
func (p *plan) encode(in Input) (*Encoding, error) {
	first, err := p.text(in.Text, in.Words)
	if err != nil {
		return nil, err
	}
	texts := []*Encoding{first}
	var second *Encoding
	if in.IsPair || in.PairWords != nil || in.Pair != "" {
		if second, err = p.text(in.Pair, in.PairWords); err != nil {
			return nil, err
		}
		setAll(second.TypeIDs, 1) // what overflows keeps it, whatever the template says
		texts = append(texts, second)
	}
	if p.limit >= 0 {
		limit := p.limit
		if !p.NoSpecial {
			limit -= p.template.added(second != nil)
		}
		if limit < 0 {
			return nil, fmt.Errorf("at most %d tokens are wanted and the special tokens alone are %d", p.limit, p.limit-limit)
		}
		if err := truncate(first, second, limit, p.Truncation, p.Stride, p.TruncateSide); err != nil {
			return nil, err
		}
	}
	return p.template.apply(texts, !p.NoSpecial), nil
}
