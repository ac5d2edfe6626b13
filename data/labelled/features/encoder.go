package features

import (
	"errors"
	"fmt"

	"gobert/data/labelled"
	"gobert/data/wordpiece"
)

// Pieces are the word pieces of a text: byte offsets into it, and the index of the word each belongs to.
type Pieces = wordpiece.Pieces

// Special are the ids of the special tokens.
type Special = wordpiece.Special

// Tokenizer is what an encoder needs. It serves many goroutines at once.
type Tokenizer interface {
	AppendIDs(dst []int32, text string) []int32
	AppendPieces(dst *Pieces, text string)
	Special() Special
}

// Options are what all encoders are told.
type Options struct {
	MaxLength int  // tokens of a sequence, special ones included (0: 512; for spans 384)
	AllPieces bool // Tag: every piece of a word gets its label (I- behind the first), not the first alone
	Stride    int  // tokens that neighbouring windows share. Span: 0 is 128. Tag without labels: 0 cuts the text instead
	Offsets   bool // fill Starts, Ends and Words: prediction needs them

	// Span: run_qa.py puts the first token of an answer that begins in a window's last token on the [SEP] behind it.
	// With TrueLast it is where it should be.
	TrueLast bool
}

// The reference's defaults.
const (
	defaultLength     = 512
	defaultSpanLength = 384
	defaultStride     = 128
	// leastLength leaves room for the special tokens of a pair and one token of each, and leastSingle for those of one text.
	leastLength, leastSingle = 5, 3
)

// Encoder makes the features of one kind of task. It serves one goroutine; Clone gives one for another.
type Encoder interface {
	// Append encodes an example to the end of a batch: one feature, or for a long context as many as it has windows.
	// An error is a *labelled.Error with Row set, and leaves the batch as it was. A label is taken where the example is labelled.
	Append(b *Batch, e *labelled.Example) error
	// Kind is the kind of task.
	Kind() labelled.Kind
	// Truncated counts the examples that were cut to MaxLength so far.
	Truncated() int
	// Clone returns an encoder of the same settings for another goroutine.
	Clone() Encoder
}

// frame is what all encoders share.
type frame struct {
	tokenizer Tokenizer
	special   Special
	options   Options
	left      bool // text that is too long loses its beginning, not its end
	cut       int
	a, b      []int32 // scratch
}

func newFrame(t Tokenizer, o Options, length, least int) (frame, error) {
	if o.MaxLength == 0 {
		o.MaxLength = length
	}
	s := t.Special()
	var errs []error
	if s.Cls < 0 || s.Sep < 0 {
		errs = append(errs, errors.New("features: the vocabulary has no [CLS] or no [SEP], which every sequence needs"))
	}
	if o.MaxLength < least {
		errs = append(errs, fmt.Errorf("features: the maximal length is %d, expected %d or more", o.MaxLength, least))
	}
	if o.Stride < 0 || o.Stride > 0 && o.Stride >= o.MaxLength-leastLength {
		errs = append(errs, fmt.Errorf("features: the stride is %d, expected 0 to %d for windows of %d tokens", o.Stride,
			o.MaxLength-leastLength-1, o.MaxLength))
	}
	f := frame{tokenizer: t, special: s, options: o}
	if sided, ok := t.(interface{ TruncationSide() wordpiece.Side }); ok {
		f.left = sided.TruncationSide() == wordpiece.Left
	}
	return f, errors.Join(errs...)
}

// right refuses a tokenizer that cuts on the left, where windows and labels count from the beginning of a text.
func (f *frame) right() error {
	if f.left {
		return errors.New("features: truncation_side is left in tokenizer_config.json: not supported for tags and answers")
	}
	return nil
}

// kept is what is left of a text for which there is less room.
func (f *frame) kept(ids []int32, room int) []int32 {
	if len(ids) > room && f.left {
		return ids[len(ids)-room:]
	}
	return ids[:min(room, len(ids))]
}

// Truncated counts the examples that were cut.
func (f *frame) Truncated() int { return f.cut }

// clone copies the settings, not the scratch memory or the count.
func (f *frame) clone() frame {
	return frame{tokenizer: f.tokenizer, special: f.special, options: f.options, left: f.left}
}

// single appends [CLS] a [SEP], cut where it is too long.
func (f *frame) single(b *Batch, a []int32) (cut bool) {
	if room := f.options.MaxLength - 2; len(a) > room {
		a, cut = f.kept(a, room), true
	}
	b.AppendTexts(f.special.Cls, f.special.Sep, a)
	return cut
}

// pair appends [CLS] a [SEP] b [SEP], the longer of both cut first.
func (f *frame) pair(b *Batch, x, y []int32) (cut bool) {
	n, m := wordpiece.FitPair(len(x), len(y), f.options.MaxLength-3)
	cut = n < len(x) || m < len(y)
	b.AppendTexts(f.special.Cls, f.special.Sep, f.kept(x, n), f.kept(y, m))
	return cut
}

func appendTimes(dst []int32, value int32, n int) []int32 {
	for range n {
		dst = append(dst, value)
	}
	return dst
}
