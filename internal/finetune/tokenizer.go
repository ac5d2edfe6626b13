package finetune

import (
	"gobert/data/tasks/features"
	"gobert/data/wordpiece"
)

// Tokenizer is a model's tokenizer as package features wants it.
type Tokenizer struct{ *wordpiece.Tokenizer }

// AppendPieces cuts a text into pieces.
func (t Tokenizer) AppendPieces(dst *features.Pieces, text string) {
	p := wordpiece.Pieces{IDs: dst.IDs, Starts: dst.Starts, Ends: dst.Ends, Words: dst.Words}
	t.Tokenizer.AppendPieces(&p, text)
	*dst = features.Pieces{IDs: p.IDs, Starts: p.Starts, Ends: p.Ends, Words: p.Words}
}

// Special gives the ids of the special tokens.
func (t Tokenizer) Special() features.Special { return features.Special(t.Tokenizer.Special()) }
