package wordpiece

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// Options are the settings of a tokenizer. [DefaultOptions] fills in what BERT uses.
type Options struct {
	Lowercase    bool  // uncased: text is made lower case
	StripAccents *bool // accents are removed; nil: where Lowercase is set
	ChineseChars bool  // each Chinese character is a word
	CleanText    bool  // control characters are removed, all white space is alike

	MaxWord int    // a word of more code points is unknown; 0: 100
	Prefix  string // of pieces inside a word; "": ##

	Pad, Unk, Cls, Sep, Mask string       // special tokens; "": BERT's
	Added                    []AddedToken // besides those; the special tokens may be among them, with flags of their own

	SplitSpecial   bool // special tokens that are written in a text are text like any other (split_special_tokens)
	MaxLength      int  // of the model's input; 0: not known
	PaddingSide    Side // where padding goes by default
	TruncationSide Side // where text is cut off by default
	CleanUp        bool // transformers' clean_up_tokenization_spaces: kept in the folder, Decode is told by its caller
}

// DefaultOptions returns BERT's settings for an uncased or a cased vocabulary.
func DefaultOptions(lowercase bool) Options {
	return Options{Lowercase: lowercase, ChineseChars: true, CleanText: true}.withDefaults()
}

// withDefaults fills in what is empty.
func (o Options) withDefaults() Options {
	o.Prefix, o.MaxWord = cmp.Or(o.Prefix, "##"), cmp.Or(o.MaxWord, 100)
	o.Pad, o.Unk, o.Mask = cmp.Or(o.Pad, "[PAD]"), cmp.Or(o.Unk, "[UNK]"), cmp.Or(o.Mask, "[MASK]")
	o.Cls, o.Sep = cmp.Or(o.Cls, "[CLS]"), cmp.Or(o.Sep, "[SEP]")
	return o
}

// specials are the special tokens under the names that transformers gives them.
func (o *Options) specials() map[string]*string {
	return map[string]*string{"unk_token": &o.Unk, "sep_token": &o.Sep, "pad_token": &o.Pad, "cls_token": &o.Cls, "mask_token": &o.Mask}
}

// validate lists everything that is wrong.
func (o Options) validate() error {
	var errs []error
	if o.MaxWord < 0 {
		errs = append(errs, fmt.Errorf("the longest word has %d code points, expected 1 or more", o.MaxWord))
	}
	if o.MaxLength < 0 {
		errs = append(errs, fmt.Errorf("the longest input has %d tokens, expected 0 (not known) or more", o.MaxLength))
	}
	for _, side := range []Side{o.PaddingSide, o.TruncationSide} {
		if side < SideDefault || side > Left {
			errs = append(errs, fmt.Errorf("a side is %d, expected Left, Right or SideDefault", int(side)))
		}
	}
	return errors.Join(errs...)
}

// rules are the engine's part of the settings.
func (o Options) rules() rules {
	strip := o.Lowercase
	if o.StripAccents != nil {
		strip = *o.StripAccents
	}
	return rules{
		Lowercase: o.Lowercase, StripAccents: strip, ChineseChars: o.ChineseChars, CleanText: o.CleanText,
		MaxWord: o.MaxWord, Prefix: o.Prefix,
	}
}

// spec is everything that a folder says about a tokenizer.
type spec struct {
	vocabulary []string
	options    Options
	added      []foundToken // with ids, in their order
	template   *Template    // nil: BERT's
	decoder    decoder
	kept       kept
	guessed    []string // named tokens that the vocabulary lacks and no file gives an id
	asCased    bool     // no file says whether text is made lower case; the vocabulary has capital letters
}

// decoder says how pieces are joined.
type decoder struct {
	prefix  string
	cleanup bool
	spaces  bool // tokens are joined by spaces and nothing else
}

// newSpec is the specification that New makes: BERT's template and decoder, special tokens that the vocabulary has.
func newSpec(vocabulary []string, o Options) spec {
	o = o.withDefaults()
	var added []AddedToken
	for _, name := range []string{o.Pad, o.Unk, o.Cls, o.Sep, o.Mask} {
		if slices.Contains(vocabulary, name) {
			added = append(added, SpecialToken(name))
		}
	}
	o.Added = append(added, o.Added...)
	return spec{vocabulary: vocabulary, options: o, decoder: decoder{prefix: o.Prefix, cleanup: true}}
}
