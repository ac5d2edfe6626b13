package dataset

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"gobert/data/labelled"
	"gobert/data/textfile"
)

// glueReader gives the rows of one of GLUE's files. It is a labelled.Reader.
//
// The files are tab separated and a quotation mark is a character. Labels become the names that the datasets library has.
// CoLA's train and dev files have no header. QQP has rows that are cut off, which everybody leaves out: see Dropped.
type glueReader struct {
	task   GLUETask
	lines  *labelled.Lines
	width  int
	at     glueColumns
	record int
	keep   func(cells []string) bool // MRPC's original file: rows of this split
	held   []string                  // CoLA's first row
	drops  int
}

// glueColumns are the places of the cells; -1: there is none.
type glueColumns struct{ text, pair, label, id int }

// open opens the file of a split.
func (t GLUETask) open(path string, s Split) (*glueReader, error) {
	source, err := labelled.OpenSource(path)
	if err != nil {
		return nil, err
	}
	r, err := t.read(source)
	if err != nil {
		return nil, err
	}
	if filepath.Base(path) == "msr_paraphrase_train.txt" {
		if err := r.split(filepath.Dir(path), s); err != nil {
			r.Close()
			return nil, err
		}
	}
	return r, nil
}

// read reads a file's text, and closes it where that is not the task's.
func (t GLUETask) read(source *textfile.Text) (*glueReader, error) {
	r := &glueReader{task: t, lines: labelled.NewLines(source)}
	if err := r.begin(); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

// begin reads the header.
func (r *glueReader) begin() error {
	line, err := r.lines.Next()
	if err != nil {
		if errors.Is(err, io.EOF) {
			err = labelled.Fault(r.lines.Origin(1, 0), "the file has no rows")
		}
		return err
	}
	names := strings.Split(line, "\t")
	r.width = len(names)
	if r.task.Name == "cola" && len(names) == 4 && (names[1] == "0" || names[1] == "1") {
		r.at = glueColumns{text: 3, label: 1, pair: -1, id: -1}
		r.held = names
		return nil
	}
	find := func(wanted []string) int {
		return slices.IndexFunc(names, func(name string) bool { return slices.Contains(wanted, strings.TrimSpace(name)) })
	}
	r.at = glueColumns{text: find(r.task.text), pair: -1, label: find(r.task.label), id: find([]string{"index", "id", "pairID"})}
	if r.task.Pair {
		r.at.pair = find(r.task.pair)
	}
	for _, at := range []int{r.at.text, r.at.pair, r.at.label} {
		if again := slices.Index(names[at+1:], names[max(at, 0)]); at >= 0 && again >= 0 {
			return labelled.Fault(r.lines.Origin(1, 0), "columns %d and %d are both called %q", at+1, at+again+2, names[at]).Advise("give one another name")
		}
	}
	if r.at.text < 0 || r.task.Pair && r.at.pair < 0 {
		wanted := append(slices.Clone(r.task.text[:1]), r.task.pair...)
		return labelled.Fault(r.lines.Origin(1, 0), "the columns are %q, expected %s's, with %q", names, r.task.Folder, wanted).
			Advise("is it the file of another task? For a file of your own use {task} classify")
	}
	return nil
}

// split keeps the rows of train or of dev of MRPC's original file: a list names those of dev.
func (r *glueReader) split(folder string, s Split) error {
	path := devIDs(folder)
	source, err := labelled.OpenSource(path)
	if err != nil {
		return err
	}
	lines := labelled.NewLines(source)
	defer lines.Close()
	dev := map[string]bool{}
	for {
		line, err := lines.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		dev[strings.TrimSpace(line)] = true
	}
	if r.width < 3 {
		return labelled.Fault(r.lines.Origin(1, 0), "the file has %d columns, expected those of MRPC's original, whose second and third are ids",
			r.width).Advise("for a file of your own use {task} classify and another name")
	}
	r.keep = func(cells []string) bool { return dev[cells[1]+"\t"+cells[2]] == (s == Dev) }
	return nil
}

// Dropped counts the rows of QQP that were left out because they are cut off.
func (r *glueReader) Dropped() int { return r.drops }

// Next returns the next example.
func (r *glueReader) Next() (labelled.Example, error) {
	for {
		cells := r.held
		r.held = nil
		if cells == nil {
			line, err := r.lines.Next()
			if err != nil {
				return labelled.Example{}, err
			}
			if line == "" {
				continue
			}
			cells = strings.Split(line, "\t")
		}
		r.record++
		at := r.lines.Origin(r.lines.Number(), r.record)
		if len(cells) != r.width {
			if r.task.Name == "qqp" && len(cells) < r.width {
				r.drops++
				continue
			}
			return labelled.Example{}, labelled.Fault(at, "the row has %d columns, expected %d as in the first row", len(cells), r.width).
				Advise("a tab separates columns and cannot be quoted")
		}
		if r.keep != nil && !r.keep(cells) {
			continue
		}
		return r.example(cells, at)
	}
}

func (r *glueReader) example(cells []string, at labelled.Origin) (labelled.Example, error) {
	e := labelled.Example{Origin: at, Text: cells[r.at.text]}
	if r.at.id >= 0 {
		e.ID = cells[r.at.id]
	}
	if r.at.pair >= 0 {
		e.Pair, e.HasPair = cells[r.at.pair], true
	}
	if r.at.label < 0 {
		return e, nil
	}
	label := strings.TrimSpace(cells[r.at.label])
	if r.task.Problem == labelled.Regression {
		if _, err := labelled.Number(at, label); err != nil {
			return e, err
		}
	} else {
		i := r.task.id(label)
		if i < 0 {
			return e, labelled.Fault(at, "the label is %q, expected one of %s", label, r.expected())
		}
		label = r.task.Labels[i]
	}
	e.Labels, e.Labelled = []string{label}, true
	return e, nil
}

func (r *glueReader) expected() string {
	if r.task.written != nil {
		return fmt.Sprintf("%s (%s)", strings.Join(r.task.written, ", "), strings.Join(r.task.Labels, ", "))
	}
	return strings.Join(r.task.Labels, ", ")
}

// Close closes the file.
func (r *glueReader) Close() error { return r.lines.Close() }
