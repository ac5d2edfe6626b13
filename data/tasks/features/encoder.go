package features

import (
	"gobert/data/tasks"
)

// Pieces are the word pieces of a text: byte offsets into it, and the index of the word each belongs to.
type Pieces struct {
	IDs          []int32
	Starts, Ends []int32
	Words        []int32
}

// Special are the ids of the special tokens.
type Special struct{ Pad, Unk, Cls, Sep, Mask int32 }

// Tokenizer is what an encoder needs; *wordpiece.Tokenizer is one. It serves many goroutines at once.
type Tokenizer interface {
	AppendIDs(dst []int32, text string) []int32
	AppendPieces(dst *Pieces, text string)
	Special() Special
}

// Options are what all encoders are told.
type Options struct {
	MaxLength int  // tokens of a sequence, special ones included (0: 512)
	AllPieces bool // Tag: every piece of a word gets its label (B- becomes I- on all but the first), not the first alone
	Stride    int  // Span: tokens that neighbouring windows share (0: 128)
}

// Encoder makes the features of one kind of task. It serves one goroutine; Clone gives one for another.
type Encoder interface {
	// Append encodes an example to the end of a batch: one feature, or for a long context as many as it has windows.
	// An error is a *tasks.RowError. A label is taken where the example is labelled.
	Append(b *Batch, e *tasks.Example) error
	// Kind is the kind of task.
	Kind() tasks.Kind
	// Truncated counts the examples that were cut to MaxLength so far.
	Truncated() int
	// Clone returns an encoder of the same settings for another goroutine.
	Clone() Encoder
}

// NewClassifier encodes texts and pairs: [CLS] text [SEP] or [CLS] text [SEP] pair [SEP], cut as transformers'
// longest_first does. labels may be nil for prediction.
func NewClassifier(t Tokenizer, labels *tasks.Labels, o Options) (Encoder, error) { return nil, nil }

// NewTagger encodes words with a tag each; labels may be nil for prediction.
func NewTagger(t Tokenizer, labels *tasks.Labels, o Options) (Encoder, error) { return nil, nil }

// NewChooser encodes a prompt with each of its choices; all examples have the same number of choices.
func NewChooser(t Tokenizer, o Options) (Encoder, error) { return nil, nil }

// NewReader encodes a question and the windows of its context, as transformers' run_qa.py does.
func NewReader(t Tokenizer, o Options) (Encoder, error) { return nil, nil }
