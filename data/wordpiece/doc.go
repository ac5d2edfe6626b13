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
// becomes github.com/sugarme/tokenizer's own type by package sugarme, which has that module's methods, too.
//
// [Tokenizer.Decode] is the way back.
//
// # What happens to a text
//
// Added and special tokens are found first, special ones in the text as it is; the rest is for what lies between them.
// Control characters go, white space becomes spaces, Chinese characters stand alone, and an uncased
// model's text loses its accents (by canonical decomposition) and its capitals. What lies between
// white space and punctuation is a word; from each word the longest piece that the vocabulary has is
// taken, and so on for the rest of it, whose pieces begin with "##". A word with a rest that has no
// piece, or of more than 100 code points, is unknown as a whole. Devlin et al. 2018 publish it as
// BasicTokenizer and WordpieceTokenizer; the reference here is Hugging Face's BertNormalizer,
// BertPreTokenizer and WordPiece, whose Unicode tables are copied by asking about each code point.
//
// Offsets are bytes of the text as it was given, whatever normalization did to it. A piece covers the
// characters it was made from: an accent that is written as a character of its own and dropped belongs
// to no piece. Text need not be valid UTF-8: each maximal invalid part counts as one U+FFFD, as with
// Python's errors="replace", and as such it is dropped by cleaning; offsets still count its bytes.
//
// # How the engine is fast
//
// A text is looked at 64 bytes at a time, eight in one number, for ASCII white space and punctuation.
// What lies between, a span, is most often a word that was seen before, so it is looked up by its raw
// bytes in a cache: neither normalization nor the vocabulary is needed for it. A window of 256 bytes
// is prepared before the first span in it is looked up, so that the processor fetches all their places
// in the cache at the same time. New spans are normalized by one table of what each code point does
// under the tokenizer's rules, and cut by a double array trie. The few spans in which marks change
// places or punctuation comes out of decomposition go through the plain steps of normalize.go.
//
// The engine is safe for concurrent use and its results do not depend on what a cache holds. Each
// running call borrows a cache of about 4 MB, of which there are no more than calls at a time.
//
// # Checks
//
// Golden cases from transformers, with the program that wrote them, are in testdata/tokenizer, those of the engine in
// testdata/engine.jsonl.gz; FuzzEngine and TestTwin compare the engine with a plain twin. With GOBERT_PYTHON the reference is asked
// directly; with BERT_SWEEP=1 too, about all text in BERT_DATA, each code point, and a million strings of nasty ones:
//
//	BERT_SWEEP=1 GOBERT_PYTHON=python go test -run Sweep -timeout 3h ./data/wordpiece
//
// # Files
//
// The tokenizer, in the order in which to read it:
//
//   - tokenizer.go, options.go: Tokenizer, its options and what is known of it; model.go: whether it fits its model
//   - open.go, config.go: folders, by the rules of transformers; refused.go: switches that are not done
//   - json.go, pipeline_json.go, vocabulary.go: tokenizer.json and vocab.txt; save.go: writing all of them
//   - added.go: added tokens, and finding them
//   - append.go: the fast door; encode.go: the friendly door; batch.go, chunk.go, packed.go: the batch door
//   - encoding.go: Encoding and what it answers; template.go, truncate.go: special tokens around texts, length
//   - decode.go, hash.go: the way back; the name of a vocabulary and its rules
//
// The engine:
//
//   - engine.go, pieces.go: the engine and its rules; Pieces, the result with offsets and word numbers
//   - scan.go, scan_pieces.go: the hot path, by windows, for ids alone and with offsets
//   - spans_ids.go, spans_pieces.go: what the hot path does not take, character by character
//   - span.go, cache.go: a span that was not seen before becomes pieces; those that were
//   - behavior.go, trie.go: what a code point does under an engine's rules; the vocabulary as a double array
//   - normalize.go: normalization and splitting into words, step by step, with alignment
//   - words.go: normalized words, for the training of vocabularies
//   - codepoints.go, tables.txt: what the reference does to each code point
//   - utf8.go: decoding, with invalid bytes replaced as Python does
package wordpiece
