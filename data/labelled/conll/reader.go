package conll

import (
	"cmp"
	"errors"
	"io"
	"strconv"
	"strings"

	"gobert/data/labelled"
	"gobert/data/textfile"
	"gobert/internal/intake"
)

// Options say how to read columns. What is left out is found from the file's beginning: see [Reader.Notes].
type Options struct {
	Separator string // empty: tabs, or any run of blanks
	Word      int    // column of the words, counted from 1 (0: found; -1: the last)
	Tag       int    // column of the tags, likewise
	NoTags    bool   // for prediction: the tags are not read, and need not be there
}

// bytesOfWord is what a word takes beside its letters.
const bytesOfWord = 32

// documentMark is the word of the lines that part documents.
const documentMark = "-DOCSTART-"

// Reader gives sentences: blank lines and document marks part them. It is a labelled.Reader.
type Reader struct {
	lines    *labelled.Lines
	layout   *layout
	record   int
	document int
	ended    bool
	Comments int // lines left out
	Marks    int // document marks left out
}

// Read reads sentences from a text, which it closes.
func Read(s *textfile.Text, o Options) (*Reader, error) {
	l, err := find(gather(s.Name, s.Head(looked), o.Separator), o)
	if err != nil {
		s.Close()
		return nil, err
	}
	return &Reader{lines: labelled.NewLines(s), layout: l}, nil
}

// Looks reports whether the beginning of a text is columns of words and tags of entities.
func Looks(head []byte) bool {
	e := gather("", head, "")
	l, err := find(e, Options{})
	return err == nil && len(e.rows) > 0 && (l.prefixed || l.brackets)
}

// Notes says which columns are read as what. It names settings, as errors do.
func (r *Reader) Notes() []error { return r.layout.notes }

// Columns are those in use, counted from 1 as in [Options], and how many a line has (0: that varies).
type Columns struct{ Word, Tag, Of int }

// Columns returns the columns in use.
func (r *Reader) Columns() Columns {
	return Columns{Word: r.layout.word + 1, Tag: r.layout.tag + 1, Of: r.layout.columns}
}

// Next returns the next sentence. Its identifier is its document's number where the file marks documents.
func (r *Reader) Next() (labelled.Example, error) {
	for !r.ended {
		e, err := r.sentence()
		if err != nil {
			return labelled.Example{}, err
		}
		if len(e.Words) > 0 {
			return e, nil
		}
	}
	return labelled.Example{}, io.EOF
}

// sentence reads to the next blank line or mark. A fault ends it, and the next sentence begins behind it.
func (r *Reader) sentence() (e labelled.Example, fault error) {
	var entity span
	length := 0
	next := r.lines.NextNow // Between sentences there may be pauses.
	for {
		line, err := next()
		next = r.lines.Next
		ends := errors.Is(err, io.EOF)
		switch {
		case ends:
			r.ended = true
		case labelled.IsRow(err):
			fault = cmp.Or(fault, err)
			continue
		case err != nil:
			return e, err
		case strings.TrimSpace(line) == "":
			ends = true
		default:
			if length += len(line) + bytesOfWord; length > intake.Record {
				return e, labelled.Broken(e.Origin, "%w", intake.TooLong("sentence"))
			}
			cells := r.layout.cells(line)
			if ends = r.layout.isMark(line, cells); ends {
				r.Marks++
				r.document++
			} else if fault == nil {
				fault = r.token(&e, &entity, line, cells)
			}
		}
		if ends {
			if entity.open != "" {
				fault = cmp.Or[error](fault, labelled.Fault(e.Origin, "the bracket of an entity %q is never closed", entity.open))
			}
			return e, fault
		}
	}
}

// token reads one line.
func (r *Reader) token(e *labelled.Example, entity *span, line string, cells []string) error {
	l := r.layout
	if l.isComment(line, cells, e.Words == nil) {
		r.Comments++
		return nil
	}
	at := r.lines.Origin(r.lines.Number(), r.record+1)
	if l.skips(cells) {
		return nil
	}
	if e.Words == nil {
		r.record++
		e.Origin = at
		if r.document > 0 {
			e.ID = strconv.Itoa(r.document)
		}
	}
	if l.columns > 0 && len(cells) != l.columns || len(cells) <= max(l.word, l.tag) {
		return labelled.Fault(at, "the line has %d columns, expected %d as most lines have", len(cells), max(l.columns, l.word+1, l.tag+1)).
			Advise("a blank line parts sentences; a word must not contain the separator, which {separator} names")
	}
	if l.counter >= 0 && !isNumber(cells[l.counter]) {
		return labelled.Fault(at, "column %d is %q, expected the number of the word, as in the lines before", l.counter+1,
			shorten(cells[l.counter])).Advise("{words-column} %d, if it is a word", l.counter+1)
	}
	e.Words = append(e.Words, cells[l.word])
	if l.untagged {
		return nil
	}
	tag := cells[l.tag]
	switch {
	case l.brackets:
		var err error
		if tag, err = entity.tag(tag); err != nil {
			return labelled.Fault(at, "column %d: %v", l.tag+1, err)
		}
	case tag == "":
		return labelled.Fault(at, "the tag of %q is empty", cells[l.word])
	case l.prefixed && !hasPrefix(tag):
		return labelled.Fault(at, "the tag of %q is %q, expected O, or a prefix and a type such as B-PER, as other lines have",
			shorten(cells[l.word]), shorten(tag)).Advise("is it in column %d?", l.tag+1)
	}
	e.Tags = append(e.Tags, tag)
	e.Labelled = true
	return nil
}

// Close closes the file.
func (r *Reader) Close() error { return r.lines.Close() }
