// Package data turns text into batches that a BERT can be trained on, in plain
// Go: nothing below it needs LibTorch or a C compiler.
//
// # The path of a text
//
// Text is read and split into sentences by package corpus, cut into word
// pieces by package wordpiece and stored once as token ids by package indexed.
// From there package pretraining draws examples with masks and sentence pairs,
// anew in every epoch, and a [Loader] shuffles and packs them into a [Batch]. Package labelled does for labelled data what
// pretraining does for a corpus.
//
//	text -> corpus -> wordpiece -> indexed -> pretraining -> Loader -> Batch
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
// # A loader
//
// A [Source] says how many examples an epoch has and draws the i-th. The order of an epoch is a pseudo-random permutation that is
// computed, not stored, so a cursor of two numbers is all there is to save, and going on takes no longer at the end of an epoch than
// at its beginning. Batches are the same for any number of workers:
//
//	l, err := data.NewLoader(ctx, source, data.LoaderOptions{Seed: 1, Epochs: 3, Tokens: 4096, Workers: 4})
//	defer l.Close()
//	for {
//		batch, cursor, err := l.Next(ctx)
//		if err == io.EOF {
//			break
//		}
//		// ... train; save the cursor with the checkpoint ...
//		l.Release(batch)
//	}
//
// The context given to NewLoader ends the loader; the one given to Next ends only that call.
// Processes that train together draw the same batches, and each takes parts of them: [Cut].
//
// # Files
//
//   - batch.go: Batch, its filling, reuse and validation
//   - loader.go: Loader: NewLoader, Next, Release, Close, Wait
//   - loader_options.go: LoaderOptions: what a batch is, and who draws it
//   - loader_source.go: Source, Cursor: what a loader works on
//   - permutation.go: the order of an epoch
//   - loader_window.go: what one worker draws at a time; buckets of equal length
//   - loader_pack.go: cutting windows into batches
//   - cut.go: Cut: batches in parts, for several processes
package data
