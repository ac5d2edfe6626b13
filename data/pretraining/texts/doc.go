// Package texts opens what a run of pretraining reads: a corpus, or the fixed examples of TFRecord files, with the part of it that is
// held out and the tokenizer that it was made with.
//
//	t, err := texts.Open(texts.Options{Data: "corpus", HeldoutShare: 0.01, Pairs: true})
//	defer t.Close() // also after an error
//	source, err := t.Train.Examples(vocabulary, pretraining.Defaults(128)) // what a loader takes batches from
//
// Files: texts.go and open.go (what is opened, and whether it belongs together), part.go (a tokenized text), records.go (fixed
// examples), facts.go (how a text is known again).
package texts
