package dataset

import (
	"fmt"
	"slices"
	"strings"

	"gobert/data/labelled"
	"gobert/data/labelled/conll"
	"gobert/data/labelled/table"
	"gobert/internal/fault"
)

// Source says what to read.
type Source struct {
	Task string   // one of GLUE's nine (cola, sst-2, mrpc, sts-b, qqp, mnli, qnli, rte, wnli), or classify, tag, squad, choice
	Data []string // a folder, or files that are told apart by name (train, dev, test), or else by order

	Train, Dev, Test string // single files; they go before what Data has

	Table  table.Options // format, columns, separator of own files
	CoNLL  conll.Options // columns of own files
	Scheme conll.Scheme  // that tags are turned into (empty: as they are, but IOB1 into IOB2)

	Problem labelled.Problem // empty: inferred
	Labels  []string         // a fixed label set, for instance of a fine-tuned model; empty: found from train (or else dev)

	DevShare float64 // share of train that becomes dev where there is none (0: 0.1; below 0: none)
	Seed     uint64  // of that split
	OnError  labelled.OnError
}

// Part is one file, or one part of a file.
type Part struct {
	Name     string // "train", "dev", "test", "dev-mismatched", "test-mismatched"
	Path     string
	Examples []labelled.Example
	Seen     int // examples of a dev part that train has too
}

// Dataset is what was read.
type Dataset struct {
	Kind   labelled.Kind
	Task   string           // canonical name: "sst-2"
	Labels *labelled.Labels // nil for squad; for choice the indices
	Train  *Part            // nil where there is none
	Dev    []Part           // two for MNLI
	Test   []Part

	Choices    int          // number of choices of each example of a choice task
	V2         bool         // squad: there are questions without an answer
	Scheme     conll.Scheme // tag: of the tags
	Duplicates []labelled.Duplicate
	Skipped    labelled.Skipped

	// What is to be said to the user. It is in errors, because it names settings and has hints as they do.
	Notes    []error // what was guessed and found
	Warnings []error // what looks wrong in the data
}

// defaultDevShare is what becomes dev where there is none.
const defaultDevShare = 0.1

// Resolve tells the kind of a task by its name, and its canonical name. GLUE's tasks come with theirs.
func Resolve(task string) (kind labelled.Kind, name string, g *GLUETask, err error) {
	if t, ok := FindGLUE(task); ok {
		return labelled.Classify, t.Name, &t, nil
	}
	switch strings.ToLower(task) {
	case "classify", "classification":
		kind = labelled.Classify
	case "tag", "ner", "pos":
		kind = labelled.Tag
	case "squad", "qa":
		kind = labelled.Span
	case "choice", "swag", "codah":
		kind = labelled.Choice
	default:
		var names []string
		for _, t := range GLUETasks() {
			names = append(names, t.Name)
		}
		return "", "", nil, fmt.Errorf("dataset: unknown task %q, expected classify, tag, squad, choice, mlm or one of GLUE's: %s", task, strings.Join(names, ", "))
	}
	return kind, string(kind), nil, nil
}

// Open reads everything, checks it and splits off a dev part where there is none.
func Open(s Source) (*Dataset, error) {
	kind, name, g, err := Resolve(s.Task)
	if err != nil {
		return nil, err
	}
	d := &Dataset{Kind: kind, Task: name}
	files, err := d.find(&s, g)
	if err != nil {
		return nil, err
	}
	o := opener{source: &s, kind: kind, glue: g}
	for _, f := range files {
		examples, err := d.read(&o, f)
		if err != nil {
			return nil, err
		}
		p := Part{Name: string(f.split), Path: f.path, Examples: examples}
		switch f.split {
		case Train:
			d.Train = &p
		case Dev, DevMismatched:
			d.Dev = append(d.Dev, p)
		default:
			d.Test = append(d.Test, p)
		}
	}
	if err := d.check(&s, g); err != nil {
		return nil, err
	}
	return d, nil
}

// note adds something to say, once.
func (d *Dataset) note(format string, args ...any) {
	say(&d.Notes, fault.New(format, args...))
}

// warn adds something that looks wrong, once.
func (d *Dataset) warn(format string, args ...any) {
	say(&d.Warnings, fault.New(format, args...))
}

func say(list *[]error, e error) {
	if !slices.ContainsFunc(*list, func(said error) bool { return said.Error() == e.Error() }) {
		*list = append(*list, e)
	}
}

// read reads one file.
func (d *Dataset) read(o *opener, f file) ([]labelled.Example, error) {
	r, err := o.open(f.path, nil, f.split)
	if err != nil {
		return nil, err
	}
	if t, ok := r.(*table.Reader); ok && (f.split == Train || f.split == Dev) {
		if err := t.Unlabelled(); err != nil {
			r.Close()
			return nil, err
		}
	}
	skipped := d.Skipped.Rows
	wrapped := r
	if o.source.OnError == labelled.Skip {
		wrapped = labelled.Skipping(r, &d.Skipped)
	}
	examples, err := labelled.ReadAll(wrapped)
	if err != nil {
		return nil, withHint(err)
	}
	for _, n := range notes(r) {
		say(&d.Notes, n)
	}
	switch r := r.(type) {
	case *glueReader:
		if n := r.Dropped(); n > 0 {
			d.note("%s: %d rows are cut off and left out, as in the reference", f.path, n)
		}
	case *conll.Reader:
		if r.Comments > 0 {
			d.note("%s: %d comment lines left out", f.path, r.Comments)
		}
		if r.Marks > 0 {
			d.note("%s: %d document marks", f.path, r.Marks)
		}
	case interface{ V2() bool }:
		d.V2 = d.V2 || r.V2()
	}
	if n := d.Skipped.Rows - skipped; n > 0 {
		d.note("%s: %d rows skipped", f.path, n)
	}
	if len(examples) == 0 {
		return nil, fmt.Errorf("dataset: reading %s: there is no example in it that can be used", f.path)
	}
	d.note("%s: %d examples for %s", f.path, len(examples), f.split)
	return examples, nil
}

// withHint says how to go on behind a faulty row, unless the message has a hint.
func withHint(err error) error {
	if labelled.IsRow(err) && fault.Hint(err) == "" {
		return fault.New("%w", err).Advise("leave such rows out with {on-error} skip")
	}
	return err
}
