package table

import (
	"errors"
	"io"
	"slices"

	"gobert/data/labelled"
	"gobert/data/textfile"
	"gobert/internal/fault"
)

// Options say how to read a table.
type Options struct {
	Format         Format
	Separator      rune  // 0: found for CSV, tab for TSV; one of ASCII
	Header         *bool // nil: found out
	Columns        Columns
	LabelSeparator string // splits a cell into several labels; empty: a JSON list, or one label
	Field          string // JSON: the field that holds the list of rows; empty: the first that holds a list
	Texts          bool   // where nothing tells the format, lines are texts, whatever stands in them
	Pairs          bool   // two texts are wanted: of two columns that nothing names, the second is one
	AllowEmpty     bool   // a text without a character is no fault; of Lines it never is
}

// sampled is how many rows are looked at to tell the columns apart, and sampledBytes how much of them.
const (
	sampled      = 200
	sampledBytes = 16 << 20
)

// headSize is how many bytes of a JSON file are looked at.
const headSize = 1 << 15

// Reader gives the rows of a table as examples. It is a labelled.Reader.
type Reader struct {
	name    string
	rows    rows
	kind    labelled.Kind
	options Options
	columns Columns
	notes   []error
	names   []string  // of all columns
	ahead   []ahead   // rows of the sample
	choices int       // of the first example
	file    io.Closer // of Parquet, where it was opened here
}

// ahead is a row that was read to look at it.
type ahead struct {
	row row
	err error
}

// Open opens a file of rows as examples of a kind.
func Open(path string, kind labelled.Kind, o Options) (*Reader, error) {
	format := o.Format
	if format == Auto {
		format = FormatOf(path)
	}
	if format == Parquet {
		return openParquet(path, kind, o)
	}
	s, err := labelled.OpenSource(path)
	if err != nil {
		return nil, err
	}
	o.Format = format
	return read(s, kind, o)
}

// Read reads rows from in; name is used in messages. Parquet cannot be read from a stream.
func Read(name string, in io.Reader, kind labelled.Kind, o Options) (*Reader, error) {
	if o.Format == Parquet {
		return nil, labelled.Broken(labelled.Origin{File: name}, "Parquet is read from its end, so it must be a file").Advise("give its path")
	}
	s, err := labelled.NewSource(name, in)
	if err != nil {
		return nil, err
	}
	return read(s, kind, o)
}

func read(s *textfile.Text, kind labelled.Kind, o Options) (*Reader, error) {
	r, notes, err := open(s, kind, o)
	if err != nil {
		s.Close()
		return nil, err
	}
	if _, lines := r.(*plainLines); lines {
		o.AllowEmpty = true // So that answers stand beside their lines.
	}
	reader, err := newReader(s.Name, r, kind, o)
	if err != nil {
		return nil, err
	}
	reader.notes = append(notes, reader.notes...)
	return reader, nil
}

// open chooses how rows are read.
func open(s *textfile.Text, kind labelled.Kind, o Options) (rows, []error, error) {
	format := o.Format
	var notes []error
	if format == Auto {
		format = guess(s, o.Texts)
		if format != Lines || !o.Texts {
			notes = append(notes, fault.New("%s: read as %s", s.Name, format))
		}
	}
	if o.Separator > 127 {
		return nil, nil, labelled.Broken(labelled.Origin{File: s.Name}, "the separator is %q, expected an ASCII character", o.Separator)
	}
	separator := byte(o.Separator)
	switch format {
	case JSON:
		if isLines(s.Head(headSize)) && o.Field == "" {
			return &jsonLines{lines: labelled.NewLines(s)}, notes, nil
		}
		return &jsonArray{List: labelled.NewList(s, "object", o.Field)}, notes, nil
	case JSONLines:
		return &jsonLines{lines: labelled.NewLines(s)}, notes, nil
	case TSV:
		if separator == 0 {
			separator = '\t'
		}
		r, err := newDelimited(labelled.NewLines(s), separator, false, o.Header, o.known)
		return r, notes, err
	case CSV:
		if separator == 0 {
			if separator = findSeparator(s.Head(headSize)); separator != ',' {
				notes = append(notes, fault.New("%s: columns parted by %q", s.Name, separator))
			}
		}
		r, err := newDelimited(labelled.NewLines(s), separator, true, o.Header, o.known)
		return r, notes, err
	case Lines:
		if kind != labelled.Classify && kind != labelled.Tag {
			return nil, nil, labelled.Broken(labelled.Origin{File: s.Name}, "a line of text is no example of %s, expected JSON, JSON Lines, CSV, "+
				"TSV or Parquet", kind).Advise("name it with {format}")
		}
		return &plainLines{lines: labelled.NewLines(s)}, notes, nil
	}
	return nil, nil, labelled.Broken(labelled.Origin{File: s.Name}, "unknown format %q, expected csv, tsv, json, jsonl, parquet or text", format)
}

// newReader looks at the first rows to tell the columns apart.
func newReader(name string, source rows, kind labelled.Kind, o Options) (_ *Reader, err error) {
	defer func() {
		if err != nil {
			source.Close()
		}
	}()
	r := &Reader{name: name, rows: source, kind: kind, options: o, columns: o.Columns}
	_, lines := source.(*plainLines) // whose one column holds whatever a line does, two texts with a tab between them, too
	resolve := resolver{name: name, kind: kind, columns: o.Columns, pairs: o.Pairs && !lines}
	for size := 0; len(r.ahead) < sampled && size < sampledBytes; {
		next, err := source.next()
		if errors.Is(err, labelled.ErrPause) && len(r.ahead) == 0 {
			continue
		}
		if err != nil && !labelled.IsRow(err) {
			if errors.Is(err, io.EOF) || errors.Is(err, labelled.ErrPause) {
				break
			}
			return nil, err
		}
		r.ahead = append(r.ahead, ahead{next, err})
		if err != nil {
			continue
		}
		resolve.sample = append(resolve.sample, next)
		size += next.size()
		for _, column := range next.names {
			if !slices.Contains(resolve.names, column) {
				resolve.names = append(resolve.names, column)
			}
		}
	}
	if len(resolve.sample) == 0 {
		if len(r.ahead) > 0 {
			return nil, r.ahead[0].err
		}
		return nil, labelled.Broken(labelled.Origin{File: name}, "the file has no rows")
	}
	if err = resolve.resolve(); err == nil {
		err = resolve.twice()
	}
	if err != nil {
		return nil, err
	}
	r.columns, r.names = resolve.columns, resolve.names
	if !lines {
		r.notes = resolve.notes
	}
	return r, nil
}

// Unlabelled says that no column was found to have the labels; nil where one was.
func (r *Reader) Unlabelled() error {
	c, what, flag := &r.columns, "label", "{label-column}"
	switch column := c.Label; r.kind {
	case labelled.Tag:
		if c.Tags != "" {
			return nil
		}
		what, flag = "tags", "{tags-column}"
	case labelled.Span:
		if c.Answers != "" {
			return nil
		}
		what, flag = "answers", "{answers-column}"
	default:
		if column != "" || len(c.Labels) > 0 {
			return nil
		}
	}
	return labelled.Broken(labelled.Origin{File: r.name}, "cannot tell which column has the %s, the columns are %s", what, quoted(r.names)).
		Advise("name it with " + flag + "; {separator} says what parts the columns")
}

// Notes says what was guessed.
func (r *Reader) Notes() []error { return r.notes }

// Columns are the columns in use.
func (r *Reader) Columns() Columns { return r.columns }

// Next returns the next example.
func (r *Reader) Next() (labelled.Example, error) {
	var next row
	var err error
	if len(r.ahead) > 0 {
		next, err = r.ahead[0].row, r.ahead[0].err
		r.ahead = r.ahead[1:]
	} else {
		next, err = r.rows.next()
	}
	if err != nil {
		return labelled.Example{}, err
	}
	return r.example(&next)
}

// Close closes the file.
func (r *Reader) Close() error {
	err := r.rows.Close()
	if r.file != nil {
		err = errors.Join(err, r.file.Close())
	}
	return err
}
