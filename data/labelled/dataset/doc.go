// Package dataset is the one door to labelled data: a task's name and a folder or files give train, dev and test, checked.
//
//	d, err := dataset.Open(dataset.Source{Task: "sst-2", Data: []string{"glue/SST-2"}})
//	for _, note := range d.Notes { ... }       // everything that was guessed, found or left out, to be said to the user
//	for _, warning := range d.Warnings { ... } // what looks wrong
//
// For prediction [Stream] reads one file, or standard input, in constant memory.
//
// # Files
//
//   - dataset.go: Source, Dataset, Open
//   - find.go: which files of a folder are train, dev and test
//   - open.go: which reader a file needs; Stream: one file, example by example
//   - glue.go, glue_reader.go, glue_submission.go: GLUE's nine tasks (Wang et al. 2018) with their quirks, from the folders that its
//     download script leaves, and the files that its server takes
//   - check.go: labels, unknown labels, tags, identifiers
//   - compare.go: label sets that differ, the dev split, duplicates
package dataset
