// Package conll reads sentences as columns of words and tags, knows the tagging schemes, and turns the logits of a token
// classifier into entities.
//
// A line is a word with its tag in another column, a blank line parts sentences, and -DOCSTART- marks documents. Which separator
// parts the columns, which column holds words and which one tags is decided by the beginning of the file, for all of it, and
// said; what cannot be told is an error that names the setting to tell it with. So CoNLL-2003, CoNLL-2012 (OntoNotes), CoNLL-U,
// GermEval and files whose first column numbers the words are read as they are.
//
//	s, err := labelled.OpenSource("train.conll")
//	r, err := conll.Read(s, conll.Options{})
//	e, err := r.Next() // e.Words, e.Tags
//
// Tags that may not stand where they do are no fault: [Transitions] lists them to be reported, and [Chunks] reads them as
// conlleval does. [Aggregate] finds entities as the token classification pipeline of transformers does with each of its
// aggregation strategies.
//
// # Files
//
//   - reader.go: Options, Reader
//   - evidence.go: the beginning of a file, as columns, and what a column looks like
//   - find.go: which column is what
//   - layout.go: what was found, and what a line is by it: a word, a comment, a mark
//   - ontonotes.go: CoNLL-2012's columns and bracketed entities
//   - scheme.go: IOB1, IOB2, IOBES and kin: detection, conversion, chunks
//   - transition.go: tags that may not stand where they do
//   - aggregate.go: Strategy, Token, Entity, Aggregate
//   - windows.go: AggregateWindows, Merge: long texts, read in overlapping windows
package conll
