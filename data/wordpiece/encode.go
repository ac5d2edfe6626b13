package wordpiece

import (
	"cmp"
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
func SplitWords(words []string) Input {
	if words == nil {
		words = []string{}
	}
	return Input{Words: words}
}

// pair says whether there are two texts.
func (in *Input) pair() bool { return in.IsPair || in.PairWords != nil || in.Pair != "" }

// Encode encodes a text, or a pair where pair is not empty. Padding to the longest is padding to its own length.
func (t *Tokenizer) Encode(text, pair string, o EncodeOptions) (*Encoding, error) {
	return t.encodeOne(Input{Text: text, Pair: pair}, o)
}

// EncodeWords encodes a text that is cut into words already.
func (t *Tokenizer) EncodeWords(words []string, o EncodeOptions) (*Encoding, error) {
	return t.encodeOne(SplitWords(words), o)
}

func (t *Tokenizer) encodeOne(in Input, o EncodeOptions) (*Encoding, error) {
	batch, err := t.EncodeBatch([]Input{in}, o)
	if err != nil {
		return nil, err
	}
	return batch[0], nil
}

// EncodeBatch encodes inputs on all cores and keeps their order.
func (t *Tokenizer) EncodeBatch(inputs []Input, o EncodeOptions) ([]*Encoding, error) {
	e, err := t.Encoder(o)
	if err != nil {
		return nil, err
	}
	return e.Batch(inputs)
}

// Encoder resolves options and lists what is wrong with them.
func (t *Tokenizer) Encoder(o EncodeOptions) (*Encoder, error) {
	split := o.SplitSpecial || t.spec.options.SplitSpecial
	e := &Encoder{
		Tokens: t.tokens, Template: *t.spec.template, NoSpecial: o.NoSpecial, Limit: -1, Truncation: o.Truncation, Stride: o.Stride,
		Side: cmp.Or(o.TruncateSide, t.spec.options.TruncationSide, Right), Workers: o.Workers,
		Cut: func(p *Pieces, tokens *[]string, text string) error {
			t.appendPieces(p, text, split, tokens)
			return nil
		},
	}
	var errs []error
	if o.MaxLength < 0 || o.Stride < 0 || o.PadToMultiple < 0 {
		errs = append(errs, fmt.Errorf("length %d, stride %d, multiple %d: expected 0 or more", o.MaxLength, o.Stride, o.PadToMultiple))
	}
	if o.Truncation < TruncateAuto || o.Truncation > OnlySecond || o.Padding < DoNotPad || o.Padding > PadMaxLength {
		errs = append(errs, fmt.Errorf("%v, %v: expected a truncation and a padding of this package", o.Truncation, o.Padding))
	}
	if e.Truncation == TruncateAuto {
		e.Truncation = DoNotTruncate
		if o.MaxLength > 0 && o.Padding == DoNotPad {
			e.Truncation = LongestFirst
		}
	}
	length := cmp.Or(o.MaxLength, t.MaxLength())
	if o.Padding == PadMaxLength && length == 0 {
		o.Padding = DoNotPad // as transformers does where no length is known
	}
	if e.Truncation != DoNotTruncate && length > 0 {
		e.Limit = length
		if room := length - e.Template.added(false); room >= 0 && room < o.Stride {
			errs = append(errs, fmt.Errorf("stride is %d, expected at most the %d tokens that %d leave beside the special ones", o.Stride, room, length))
		}
	}
	if o.Padding != DoNotPad {
		e.Pad = &Pad{ID: t.names.Pad, Token: t.Token(t.names.Pad), Side: cmp.Or(o.PaddingSide, t.spec.options.PaddingSide, Right), Length: -1, Multiple: o.PadToMultiple}
		if o.Padding == PadMaxLength {
			e.Pad.Length = length
		}
		if t.names.Pad < 0 {
			errs = append(errs, errors.New("padding is asked for and there is no padding token"))
		}
		if e.Limit > 0 && o.PadToMultiple > 0 && length%o.PadToMultiple != 0 {
			errs = append(errs, fmt.Errorf("truncation to %d, which is no multiple of the %d that padding makes", length, o.PadToMultiple))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("wordpiece: encoding: %w", err)
	}
	return e, nil
}
