// Package google draws the very examples that google-research/bert's
// create_pretraining_data.py draws: given the same text, vocabulary, flags and
// seed, the TFRecord files are equal byte by byte. It reads such files, too,
// whoever wrote them.
//
//	n, err := google.Create(ctx, []string{"text.txt"}, "vocab.txt", []string{"train.tfrecord"}, google.Defaults())
//	source, err := google.Open("train.tfrecord")
//	l, err := data.NewLoader(ctx, source, data.LoaderOptions{Sequences: 32})
//
// Use it to repeat or compare old experiments; for a new one package
// pretraining is the better choice: no files, new examples in every epoch.
//
// Equal means: Python 3.2 or later (its random generator and its rounding), and
// the pure Python runtime of protocol buffers, which is the only one whose
// bytes are the same in every run. See tokenizer.go for the Unicode version.
//
// # Files
//
//   - build.go: Build: a folder of records, with the tokenizer and a manifest, that a run opens
//   - create.go: Create: text to TFRecord files
//   - options.go: Options, Defaults: the original's flags
//   - documents.go: reading text
//   - tokenizer.go, character.go, vocabulary.go: the original's FullTokenizer
//   - instance.go: sentence pairs
//   - mask.go: masks
//   - random.go: Python's random.Random
//   - encode.go: an example as bytes
//   - source.go, decode.go: Open: reading TFRecord files for training
//   - manifest.go: what a folder of records was made from, and which files it has
package google
