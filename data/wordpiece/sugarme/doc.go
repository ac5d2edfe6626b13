// Package sugarme is the bridge to github.com/sugarme/tokenizer: its types at the door of our tokenizer, so that code written for
// that module moves over by changing the line that makes its tokenizer:
//
//	tk, err := sugarme.Open("tokenizer.json") // was pretrained.FromFile
//
// WordPiece is done by package wordpiece, exactly and fast. Other kinds of tokenizer.json (BPE, Unigram, WordLevel) are cut into
// tokens by that module; special tokens, truncation and padding are done here, and a panic in it becomes an error that names the
// text.
//
// Files: pipeline.go (Pipeline, Open, New), methods.go (what programs call), encoding.go (Encoding: ours as that module's, and
// inputs).
package sugarme
