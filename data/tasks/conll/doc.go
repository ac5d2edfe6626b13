// Package conll reads sentences as columns of words and tags, and knows the tagging schemes.
//
// A line is a word with its tag in other columns, a blank line parts sentences, and -DOCSTART- marks documents. Which columns
// hold word and tag can be said; the separator is found.
//
//	r, err := conll.Open("train.conll", conll.Options{})
//	e, err := r.Next() // e.Words, e.Tags
//
// Tags that may not stand where they do are no fault: [Transitions] lists them to be reported, and [Entities] reads them as
// conlleval does.
//
// # Files
//
//   - reader.go: Options, Reader, Transitions
//   - scheme.go: IOB1, IOB2, IOBES and kin: detection, conversion, entities, invalid transitions
package conll
