// Package corpus turns text in files into a tokenized corpus on disk.
//
//	o := corpus.NewBuildOptions()
//	o.Paths = []string{"wiki/*.jsonl.gz"}
//	o.Tokenizer, err = wordpiece.Open("vocab")
//	o.Folder = "corpus"
//	manifest, err := corpus.Build(ctx, o)
//
//	c, err := corpus.Open("corpus")
//	c.Train, c.HeldOut // data sets of package indexed, mapped from disk
//
// # Reading
//
// A text is a file, a folder, a pattern or standard input; plain, one document a line, JSON
// Lines, what WikiExtractor leaves of a dump, Parquet, CSV or TSV; packed by gzip, zstd or bzip2 or not
// at all; UTF-8, or UTF-16 with a byte order mark. What can be told by looking at a file is
// told. [Reading.Texts] hands the text to whoever needs nothing else, such as package vocab.
//
// A file is cut into blocks of about a mebibyte that hold whole lines, objects or elements. One
// goroutine reads blocks, one on each core takes their documents out, splits and tokenizes them,
// and one writes what comes out, in the order of reading. Memory depends on the number of cores
// and the longest line, not on the size of the text.
//
// # Many machines
//
// [BuildPart] does one machine's share of the blocks, each in a folder of its own in that of the corpus, and [Join] makes of all parts
// what one machine would have made. Parts hold blocks that are tokenized, for which shard a document is in, and whether it is held out,
// is a matter of all text before it.
//
// # The folder
//
//   - train/, heldout/: shards of Megatron-LM's indexed dataset; whether a document is held out
//     is a function of the seed and its number, and of a small corpus what [pretraining.HoldOut] says
//   - tokenizer/: a copy of the tokenizer
//   - manifest.json: what the corpus holds and was made of
//   - building.json: there while the corpus is not finished; what has been done so far
//
// Where blocks, shards and the held-out part end depends on text and settings only. So the
// files are the same for any number of cores, and for a build that was killed and went on.
//
// # Files
//
//   - options.go, format.go: what to read, and how; telling formats
//   - source.go: files, folders, patterns
//   - open.go: files by their first bytes, over package textfile
//   - block.go: cutting files into blocks
//   - parse.go, json.go, wiki.go, table.go: documents in blocks
//   - texts.go: Read: text for others; Inspect: what can be told without reading
//   - build.go, build_options.go: Build
//   - pipeline.go, tokenize.go: blocks to token ids on all cores
//   - sentence.go, sentence_end.go, sentence_words.go: Sentences: text to sentences, by rules
//   - shards.go, journal.go: token ids to shards; going on after a kill
//   - share.go, pass.go: which blocks are a part's, and passing over the others
//   - part.go, part_writer.go, frame.go, lines.go: BuildPart: tokenized blocks to files
//   - join.go, parts.go, part_reader.go: Join: finding the parts, and reading them in the order of the text
//   - heldout.go: what is held out
//   - manifest.go, differ.go: Manifest, and in what two differ
//   - corpus.go: Open: a corpus that has been built
//   - faults.go: where something is wrong
package corpus
