package glue

import (
	"io"

	"gobert/data/tasks"
)

// Task is one of the nine.
type Task struct {
	Name    string // "sst-2"
	Folder  string // "SST-2"
	Pair    bool
	Problem tasks.Problem
	Labels  []string // in the order of transformers' and datasets' ids; one for STS-B
	Metrics []string // as GLUE reports: "accuracy", "f1", "matthews", "pearson", "spearman"
	Main    string   // the metric that chooses the best model
}

// Tasks lists the nine in GLUE's order.
func Tasks() []Task { return nil }

// Find returns a task by name: "sst2", "SST-2" and "sst_2" are the same; ax is GLUE's diagnostic set of MNLI.
func Find(name string) (Task, bool) { return Task{}, false }

// SplitName is a part of a task's data.
type SplitName string

// The splits; MNLI has two of dev and test.
const (
	Train          SplitName = "train"
	Dev            SplitName = "dev"
	DevMismatched  SplitName = "dev-mismatched"
	Test           SplitName = "test"
	TestMismatched SplitName = "test-mismatched"
)

// Path returns the file of a split in a task's folder (or in GLUE's, which holds that), or an error that wraps
// fs.ErrNotExist.
func (t Task) Path(folder string, s SplitName) (string, error) { return "", nil }

// Open opens a file of a split.
func (t Task) Open(path string, s SplitName) (tasks.Reader, error) { return nil, nil }

// SubmissionFile is the name GLUE's server expects: "SST-2.tsv", "MNLI-m.tsv".
func (t Task) SubmissionFile(s SplitName) string { return "" }

// WriteSubmission writes predictions in the order of the test file: label names, or numbers as text for STS-B.
func (t Task) WriteSubmission(w io.Writer, predictions []string) error { return nil }
