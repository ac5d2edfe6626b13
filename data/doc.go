// Package data turns text into batches that a BERT can be trained on, in plain
// Go: nothing below it needs LibTorch or a C compiler.
//
// # The path of a text
//
// Text is read and split into sentences by package corpus, cut into word
// pieces by package wordpiece and stored once as token ids by package indexed.
// From there package pretraining draws examples with masks and sentence pairs,
// anew in every epoch, and package loader shuffles and packs them into the
// [Batch] of this package. Package labelled does for labelled data what
// pretraining does for a corpus.
//
//	text -> corpus -> wordpiece -> indexed -> pretraining -> loader -> Batch
//	                  labelled files -> labelled ---------------^
//
// # Packages, in the order of the path
//
//   - textfile: opens files of text and tables, whatever they are packed with and written in
//   - corpus: reads text of many formats and builds tokenized corpora, a sentence at a time
//   - vocab: trains a WordPiece vocabulary; wordpiece: the tokenizer itself
//   - indexed: Megatron-LM's files of token ids, written in shards, read by memory map
//   - pretraining: examples for masked tokens and next sentences; pretraining/google: Google's fixed ones,
//     in TFRecord files (internal/tensorflow)
//   - loader: order, batches, workers and the place where a run goes on
//   - labelled: labelled data: readers (labelled/conll, squad, table) behind labelled/dataset, and what a model
//     reads of them (labelled/features)
//
// # A batch
//
// A [Batch] holds sequences end to end without padding. It is filled like a
// slice that is used again:
//
//	var b data.Batch
//	b.Begin()
//	b.IDs = append(b.IDs, 101, 7592, 102)
//	b.Types = append(b.Types, 0, 0, 0)
//	b.End()
//	b.Reset() // empty, its memory is kept
//
// # Files
//
//   - batch.go: Batch, its filling, reuse and validation
package data
