// Package glue reads the nine tasks of GLUE (Wang et al. 2018) from the folders that its download script leaves, and writes
// the files that its server takes.
//
// # Files
//
//   - task.go: Task: names, labels, files, columns of each
//   - reader.go: Open: a file's rows as examples, with the quirks of each
//   - submission.go: Submission: what the server takes
package glue
