// Package indexed stores a tokenized corpus on disk and reads it back by
// memory map: a corpus larger than memory costs hardly any.
//
// The format is the indexed dataset of Megatron-LM (megatron/core/datasets/
// indexed_dataset.py), which opens what is written here, and the other way
// round: name.bin holds the token ids of all sentences end to end, name.idx
// says where each sentence begins and which sentences make a document.
//
// # Writing
//
// Sentences are added in order and documents are closed:
//
//	w, err := indexed.Create("corpus/wiki", 30522) // corpus/wiki.bin, corpus/wiki.idx
//	if err != nil {
//		return err
//	}
//	defer w.Abort() // nothing remains of an unfinished pair; after Close it does nothing
//	for _, sentence := range document {
//		if err := w.AddSentence(sentence); err != nil {
//			return err
//		}
//	}
//	if err := w.EndDocument(); err != nil {
//		return err
//	}
//	return w.Close()
//
// Files appear complete or not at all, the index last: a pair whose index is
// there is whole.
//
// # Reading
//
// [Open] joins any number of shards into one view; every access takes the same
// short time and allocates nothing:
//
//	corpus, err := indexed.Open("corpus") // a folder, or prefixes in the order wanted
//	if err != nil {
//		return err
//	}
//	defer corpus.Close()
//	first, last := corpus.DocumentRange(0)
//	for i := first; i < last; i++ {
//		ids = corpus.AppendSentence(ids[:0], i)
//	}
//
// # Files
//
//   - format.go: the layout of both files
//   - writer.go: Create, Writer
//   - dataset.go: Open, Dataset: many shards as one
//   - paths.go: which files the arguments of Open name
//   - shard.go: one pair of files, mapped and checked
package indexed
