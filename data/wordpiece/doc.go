// Package wordpiece cuts text into the word pieces of a BERT vocabulary, exactly as Hugging Face
// tokenizers does, and many times faster, in plain Go.
//
// # Files of the engine
//
//   - engine.go: the engine and its rules
//   - pieces.go: Pieces, the result with offsets and word numbers
//   - normalize.go: normalization and splitting into words, step by step, with alignment
//   - codepoints.go, tables_generated.go: what the reference does to each code point
//   - utf8.go: decoding, with invalid bytes replaced as Python does
package wordpiece
