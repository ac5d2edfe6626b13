package dataset

import (
	"io"

	"gobert/data/tasks"
	"gobert/data/tasks/conll"
	"gobert/data/tasks/table"
)

// Source says what to read.
type Source struct {
	Task string   // one of GLUE's nine (cola, sst-2, mrpc, sts-b, qqp, mnli, qnli, rte, wnli), or classify, tag, squad, choice
	Data []string // a folder, or files that are told apart by name (train, dev, test), or given in that order

	Train, Dev, Test string // single files, instead of Data

	Table table.Options // format, columns, separator of own files
	CoNLL conll.Options // columns and scheme of own files

	Problem tasks.Problem // empty: inferred
	Labels  []string      // a fixed label set, for instance of a fine-tuned model; empty: found from train (or else dev)

	DevShare float64 // share of train that becomes dev where there is none (0: 0.1; below 0: none)
	Seed     uint64  // of that split
	OnError  tasks.OnError
}

// Part is one file, or one part of a file.
type Part struct {
	Name     string // "train", "dev", "test", "dev-mismatched", "test-mismatched"
	Path     string
	Examples []tasks.Example
}

// Dataset is what was read.
type Dataset struct {
	Kind   tasks.Kind
	Task   string        // canonical name: "sst-2"
	Labels *tasks.Labels // nil for squad; for choice the indices
	Train  *Part         // nil where there is none
	Dev    []Part        // two for MNLI
	Test   []Part

	Choices    int  // number of choices of each example of a choice task
	V2         bool // squad: there are questions without an answer
	Duplicates []tasks.Duplicate
	Skipped    tasks.Skipped
	Notes      []string // what to say to the user
}

// Open reads everything.
func Open(s Source) (*Dataset, error) { return nil, nil }

// Stream reads one file for prediction, in constant memory; path "-" reads in. Labels are optional. The notes say what was
// guessed.
func Stream(s Source, path string, in io.Reader) (r tasks.Reader, notes []string, err error) {
	return nil, nil, nil
}
