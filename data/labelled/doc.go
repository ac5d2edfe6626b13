// Package labelled reads labelled data for what BERT is fine-tuned on: one label, several labels or a number for a text or a
// pair, a tag for every word, the span of an answer, the best of several continuations.
//
// # The path of an example
//
// A reader gives one [Example] after the other, each with the file and line it came from; [Labels] are found from them;
// package features makes packed batches of them; the trainer's loader shuffles those.
//
//	file -> Reader -> Example -> features.Set -> loader -> features.Batch
//	                     |-> Labels
//
// # Which package does what
//
//   - labelled: Example, Labels, Problem, Reader, splitting and checking (this package, pure data)
//   - labelled/dataset: the one door: a task's name and a folder or files give train, dev and test, checked, with notes of
//     everything that was guessed; GLUE's nine tasks with their quirks, and its submission files
//   - labelled/table: CSV, TSV, JSON, JSON Lines and Parquet, columns by name or guessed
//   - labelled/conll: columns of words and tags, tagging schemes, entities from the logits of tags
//   - labelled/squad: SQuAD 1.1 and 2.0, post-processing of logits, predictions.json
//   - labelled/features: packed batches with labels, windows over long texts
//
// A fault of one row is an [Error] that names file, line, what was expected and a hint. With [Skip] such rows are left out,
// counted and reported.
//
// # Files
//
//   - example.go: Example, Origin, Answer
//   - reader.go: Reader, OnError, Skipped: reading row by row
//   - errors.go: Error
//   - answer.go: Locate: where an answer stands, in characters and bytes
//   - source.go, lines.go: a text file, over package textfile, and its lines
//   - list.go, records.go: List: a list of JSON objects, none longer than the limit
//   - labels.go: Labels and Problem, found from the data
//   - split.go: a dev split, seeded and stratified; duplicates
package labelled
