package conll

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"gobert/data/tasks"
)

// Options say how to read columns.
type Options struct {
	Separator string // empty: tab where a line has one, else any run of blanks
	Word      int    // column of the words, counted from 1 (0: the first, or the second where the first counts words; -1: the last)
	Tag       int    // column of the tags, likewise (0 or -1: the last)
	Comment   string // lines that begin so are left out, unless they have as many columns as the others
	NoTags    bool   // a file without tags, for prediction
}

// documentMark is the word of the lines that part documents.
const documentMark = "-DOCSTART-"

// Reader gives sentences: blank lines part them. It is a tasks.Reader.
type Reader struct {
	lines    *tasks.Lines
	options  Options
	columns  int  // of the first line; 0 before it
	word     int  // counted from 0
	numbered bool // the first column counts words
	record   int
	document int
	ended    bool
	Comments int // lines left out
	Marks    int // document marks left out
}

// Open opens a file.
func Open(path string, o Options) (*Reader, error) {
	s, err := tasks.OpenSource(path)
	if err != nil {
		return nil, err
	}
	return newReader(s, o)
}

// Read reads sentences from in; name is used in messages.
func Read(name string, in io.Reader, o Options) (*Reader, error) {
	s, err := tasks.NewSource(name, in)
	if err != nil {
		return nil, err
	}
	return newReader(s, o)
}

func newReader(s *tasks.Source, o Options) (*Reader, error) {
	if o.Comment == "" {
		o.Comment = "# "
	}
	return &Reader{lines: tasks.NewLines(s), options: o}, nil
}

// Next returns the next sentence. Its identifier is its document's number where the file marks documents.
func (r *Reader) Next() (tasks.Example, error) {
	for !r.ended {
		e, err := r.sentence()
		if err != nil {
			return tasks.Example{}, err
		}
		if len(e.Words) > 0 {
			return e, nil
		}
	}
	return tasks.Example{}, io.EOF
}

// sentence reads to the next blank line. A fault ends it, and the next sentence begins behind it.
func (r *Reader) sentence() (tasks.Example, error) {
	var e tasks.Example
	var fault error
	next := r.lines.NextNow // Between sentences there may be pauses.
	for {
		line, err := next()
		next = r.lines.Next
		switch {
		case errors.Is(err, io.EOF):
			r.ended = true
			return e, fault
		case tasks.IsRow(err):
			fault = first(fault, err)
			continue
		case err != nil:
			return e, err
		case strings.TrimSpace(line) == "":
			return e, fault
		}
		if fault == nil {
			fault = r.token(&e, line)
		}
	}
}

func first(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// token reads one line.
func (r *Reader) token(e *tasks.Example, line string) error {
	cells := r.cells(line)
	if strings.HasPrefix(line, r.options.Comment) && r.comment(cells, len(e.Words)) {
		r.Comments++
		return nil
	}
	if cells[0] == documentMark {
		r.Marks++
		r.document++
		return nil
	}
	at := r.lines.Origin(r.lines.Number(), r.record+1)
	if r.columns == 0 {
		if err := r.layout(cells, at); err != nil {
			return err
		}
	}
	if r.numbered && strings.ContainsAny(cells[0], "-.") {
		return nil // CoNLL-U's words of several tokens ("3-4") and of none ("8.1").
	}
	if e.Words == nil {
		r.record++
		e.Origin = at
		if r.document > 0 {
			e.ID = strconv.Itoa(r.document)
		}
	}
	word := r.word
	tag := r.column(r.options.Tag, len(cells))
	if need := max(word, tag) + 1; len(cells) < need || !r.options.NoTags && len(cells) < 2 {
		return tasks.Fault(at, "the line has %d columns, expected %d: a word and its tag (hint: a blank line parts sentences; a word "+
			"must not contain the separator)", len(cells), r.columns)
	}
	if r.options.Tag <= 0 && len(cells) != r.columns && !r.options.NoTags {
		return tasks.Fault(at, "the line has %d columns, expected %d as in the first line (hint: tags do not match words; is the "+
			"separator right?)", len(cells), r.columns)
	}
	e.Words = append(e.Words, cells[word])
	if !r.options.NoTags {
		if cells[tag] == "" {
			return tasks.Fault(at, "the tag of %q is empty", cells[word])
		}
		e.Tags = append(e.Tags, cells[tag])
		e.Labelled = true
	}
	return nil
}

// comment tells a comment from a hash that is a word: that has a tag.
func (r *Reader) comment(cells []string, words int) bool {
	if r.columns == 0 {
		prefix, _ := split(cells[len(cells)-1])
		return len(cells) != 2 || prefix == 0
	}
	return len(cells) != r.columns || words == 0 && len(cells) > 2
}

// layout is settled by the first line.
func (r *Reader) layout(cells []string, at tasks.Origin) error {
	if len(cells) < 2 && !r.options.NoTags {
		return tasks.Fault(at, "the line %q has one column, expected a word and its tag (hint: name the separator with --separator)", cells[0])
	}
	r.columns = len(cells)
	r.word = r.column(max(r.options.Word, -1), len(cells))
	if r.options.Word == 0 {
		r.word = 0
		// Some files count the words in their first column, as CoNLL-U and GermEval do.
		if (cells[0] == "1" || strings.HasPrefix(cells[0], "1-")) && len(cells) > 2 {
			r.word, r.numbered = 1, true
		}
	}
	if most := max(r.word, r.column(r.options.Tag, len(cells))); most >= len(cells) {
		return tasks.Fault(at, "the line has %d columns, but column %d was asked for", len(cells), most+1)
	}
	return nil
}

// column turns a column counted from 1 into a place; 0 and -1 mean the last.
func (r *Reader) column(n, columns int) int {
	if n <= 0 {
		return columns - 1
	}
	return n - 1
}

func (r *Reader) cells(line string) []string {
	switch {
	case r.options.Separator != "" && r.options.Separator != " ":
		return strings.Split(line, r.options.Separator)
	case r.options.Separator == "" && strings.Contains(line, "\t"):
		return strings.Split(line, "\t")
	}
	if cells := strings.Fields(line); len(cells) > 0 {
		return cells
	}
	return []string{""}
}

// Close closes the file.
func (r *Reader) Close() error { return r.lines.Close() }

// Transition is a tag that may not stand where it does.
type Transition struct {
	Origin tasks.Origin // of the sentence
	Word   int          // place in the sentence, counted from 0
	Before string       // "" at the beginning
	Tag    string       // "" at the end
}

// String says what is wrong.
func (t Transition) String() string {
	before, tag := t.Before, t.Tag
	if before == "" {
		before = "the beginning"
	}
	if tag == "" {
		tag = "the end"
	}
	return fmt.Sprintf("%s: word %d: %s may not follow %s", t.Origin, t.Word+1, tag, before)
}

// Transitions lists the invalid transitions of tagged examples.
func Transitions(examples []tasks.Example, s Scheme) []Transition {
	var all []Transition
	for i := range examples {
		e := &examples[i]
		for _, k := range Invalid(e.Tags, s) {
			t := Transition{Origin: e.Origin, Word: k}
			if k > 0 {
				t.Before = e.Tags[k-1]
			}
			if k < len(e.Tags) {
				t.Tag = e.Tags[k]
			}
			all = append(all, t)
		}
	}
	return all
}
