// Package wordpiece turns text into the word pieces of a BERT vocabulary and back, exactly as Hugging Face's tokenizers and
// transformers do, and many times faster, in plain Go.
//
// # Opening
//
// A [Tokenizer] comes from a model's folder, a tokenizer.json or a vocab.txt by [Open], or from tokens by [New]:
//
//	t, err := wordpiece.Open("models/bert-base-uncased")
//	t, err := wordpiece.New(vocabulary, wordpiece.DefaultOptions(true))
//	err = t.Save("models/mine") // transformers reads it, and so does Open
//
// A folder means what it means to transformers 5.17, old files (special_tokens_map.json, added_tokens.json) included. What cannot
// be meant, such as a token that is there twice, is an error with file and line.
//
// # Three doors
//
// The fast door appends ids to a slice, or pieces with their places and words to [Pieces], and takes nothing from the heap:
//
//	ids = t.AppendIDs(ids[:0], line)
//	t.AppendPieces(&pieces, line)
//
// The batch door uses all cores and keeps the order: [Tokenizer.EncodeBatch] gives everything of each input, truncated and padded
// by [EncodeOptions]; [Tokenizer.EncodePacked] gives ids and segments end to end, without padding.
//
// The friendly door takes one text or pair, [Tokenizer.Encode], and gives an [Encoding]: ids, segments, tokens, places in code
// points and in bytes, words, masks, what overflowed, and answers about which token, word and character belong together. It
// becomes github.com/sugarme/tokenizer's own type by [Encoding.Sugarme], and a [Pipeline] has that module's methods.
//
// [Tokenizer.Decode] is the way back.
//
// # How text becomes pieces
//
// Added and special tokens are found first, special ones in the text as it is. What lies between is cleaned of control
// characters, gets spaces around Chinese characters, is made lower case and loses accents where the vocabulary is uncased, is
// split at white space and around punctuation, and each word is cut greedily into the longest pieces that the vocabulary has.
// Bytes that are no UTF-8 count as U+FFFD, as Python's errors="replace" makes them. Hugging Face's answers to each code point are
// in a generated table, because its version of Unicode is neither Go's nor Python's.
//
// # Tests
//
// Golden cases from transformers, with the program that wrote them, are in testdata/tokenizer. With GOBERT_PYTHON the reference is
// asked directly; with BERT_SWEEP=1 too, about all text in BERT_DATA:
//
//	BERT_SWEEP=1 GOBERT_PYTHON=python go test -run Sweep -timeout 3h ./data/wordpiece
//
// # Files of the tokenizer
//
//   - tokenizer.go, options.go: Tokenizer, its options and what is known of it
//   - open.go, config.go: folders, by the rules of transformers
//   - json.go, pipeline_json.go, vocabulary.go: tokenizer.json and vocab.txt
//   - save.go: writing all of them
//   - added.go: added tokens, and finding them
//   - append.go: the fast door
//   - encode.go, tokens.go: the friendly door; Input, EncodeOptions
//   - batch.go, packed.go: the batch door
//   - encoding.go: Encoding and what it answers
//   - template.go, truncate.go, pad.go: special tokens around texts, length
//   - decode.go, hash.go: the way back; the name of a vocabulary and its rules
//   - sugarme.go, sugarme_pipeline.go, sugarme_methods.go: the bridge to github.com/sugarme/tokenizer
//
// # Files of the engine
//
//   - engine.go: the engine and its rules
//   - pieces.go: Pieces, the result with offsets and word numbers
//   - scan.go, scan_pieces.go: the hot path, block by block
//   - span.go, spans_ids.go, spans_pieces.go: what lies between two separators
//   - cache.go, trie.go: words seen before, and the greedy cut of those that were not
//   - normalize.go, behavior.go: normalization and splitting into words, step by step, with alignment
//   - codepoints.go, tables_generated.go: what the reference does to each code point
//   - words.go: normalized words, for training vocabularies
//   - utf8.go: decoding, with invalid bytes replaced as Python does
package wordpiece
