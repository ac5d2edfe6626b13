// Package vocab trains WordPiece vocabularies from any amount of text.
//
// The text is counted on all cores into tables of distinct words; what does not fit into the
// memory allowed goes to disk as sorted runs, which are merged in the end. Then, again and again,
// the most frequent pair of adjacent pieces becomes a piece of its own, as Hugging Face's
// WordPieceTrainer does it. Unlike there, every run gives the same vocabulary, whatever the
// number of cores, the order of texts and the memory.
//
// [Learn] takes files, of any format that package corpus reads, and gives a tokenizer:
//
//	t, _, err := vocab.Learn(ctx, corpus.ReadOptions{Paths: []string{"text.txt"}}, wordpiece.DefaultOptions(true), vocab.NewOptions())
//	if err != nil {
//		return err
//	}
//	return t.Save("tokenizer")
//
// [Train], below it, takes text from anywhere; how it falls into words comes in as a [WordFunc].
//
// # Memory
//
// [Options.Memory] bounds tables and merging. Where even the distinct words are too many for the
// merge, the rarest of them serve for the alphabet only, and [Result.Cutoff] says from which
// count on words took part; with the default of one GiB this begins at some ten million distinct
// words.
//
// # Files
//
//   - train.go: Train, Result: the stages in their order
//   - options.go: Options
//   - count.go: counting on all cores
//   - table.go: a hash table of counted words
//   - tally.go: the counts of all cores, in memory or on disk
//   - run.go: sorted runs on disk
//   - alphabet.go: which characters are kept
//   - merge.go: merging pairs
//   - pairs.go: counts of pairs, and the words they stand in
//   - queue.go: which pair is next
package vocab
