package dataset

import (
	"io"
	"path/filepath"
	"strings"

	"gobert/data/labelled"
	"gobert/data/labelled/conll"
	"gobert/data/labelled/squad"
	"gobert/data/labelled/table"
	"gobert/data/textfile"
	"gobert/internal/fault"
)

// opener chooses a reader for a file.
type opener struct {
	source *Source
	kind   labelled.Kind
	glue   *GLUETask
	plain  bool           // for prediction: a file of texts will do, and labels are not needed
	before *table.Columns // of the file before this one

	columned *conll.Columns // likewise
}

// open opens a file, or reads in, which is called path.
func (o *opener) open(path string, in io.Reader, split Split) (labelled.Reader, error) {
	if o.glue != nil && in == nil && o.source.Table.Format == table.Auto {
		r, err := o.glue.open(path, split)
		if err == nil {
			return r, nil
		}
		if !o.plain {
			return nil, err
		}
		// A file of the user's own, for a model of a GLUE task.
	}
	format := o.source.Table.Format
	switch {
	case format != table.Auto:
	case in == nil:
		format = table.FormatOf(path)
	default:
		format = table.Extension(path)
	}
	text := func() (*textfile.Text, error) {
		if in != nil {
			return labelled.NewSource(path, in)
		}
		return labelled.OpenSource(path)
	}
	switch {
	case o.kind == labelled.Span && (format == table.Auto || format == table.JSON):
		s, err := text()
		if err != nil {
			return nil, err
		}
		return squad.Read(s), nil
	case o.kind == labelled.Tag && o.columns(format):
		return o.conll(text)
	case o.kind == labelled.Tag && o.plain && o.source.Table.Format == table.Auto && format == table.Auto && !o.named():
		s, err := text()
		if err != nil {
			return nil, err
		}
		if in != nil {
			in = s // what was looked at stays to be read
		} else {
			defer s.Close()
		}
		if conll.Looks(s.Head(looked)) {
			return o.conll(text)
		}
	}
	return o.table(path, in, format)
}

// table opens a file of rows.
func (o *opener) table(path string, in io.Reader, format table.Format) (labelled.Reader, error) {
	options := o.source.Table
	if o.plain && format == table.Auto && filepath.Ext(path) == ".txt" {
		options.Texts = true
	}
	if in != nil {
		return reader(table.Read(path, in, o.kind, options))
	}
	if o.before != nil {
		// The files of a data set are alike: what train has settled is not guessed again.
		same := options
		same.Columns = *o.before
		if r, err := table.Open(path, o.kind, same); err == nil {
			return r, nil
		}
	}
	r, err := table.Open(path, o.kind, options)
	if err == nil && o.before == nil {
		columns := r.Columns()
		o.before = &columns
	}
	return reader(r, err)
}

// reader keeps a pointer that is nil from being a reader.
func reader(r *table.Reader, err error) (labelled.Reader, error) {
	if err != nil {
		return nil, err
	}
	return r, nil
}

// named reports whether the words' column has a name: then it is a table's.
func (o *opener) named() bool {
	return strings.Trim(o.source.Table.Columns.Words, "-0123456789") != ""
}

// columns reports whether a file of tags is CoNLL's columns, whatever it looks like.
func (o *opener) columns(format table.Format) bool {
	switch {
	case o.named():
		return false
	case format == table.Columned:
		return true
	case o.source.Table.Format != table.Auto:
		return false
	}
	return format == table.TSV || format == table.Auto && !o.plain
}

// looked is how many bytes tell columns from texts.
const looked = 1 << 13

// conll opens a file of columns. Each file's beginning tells which column is what; where it does not, train's has told.
func (o *opener) conll(text func() (*textfile.Text, error)) (labelled.Reader, error) {
	options := o.source.CoNLL
	options.NoTags = o.plain
	s, err := text()
	if err != nil {
		return nil, err
	}
	r, err := conll.Read(s, options)
	if err != nil && o.columned != nil {
		options.Word, options.Tag = o.columned.Word, o.columned.Tag
		if s, err = text(); err == nil {
			r, err = conll.Read(s, options)
		}
	}
	if err != nil {
		return nil, err
	}
	columns := r.Columns()
	if before := o.columned; before != nil && before.Of == columns.Of && *before != columns {
		r.Close()
		return nil, fault.New("dataset: reading %s: words and tags seem to be in columns %d and %d, but in %d and %d of the file before it",
			s.Name, columns.Word, columns.Tag, before.Word, before.Tag).Advise("{words-column} and {tags-column} say so for all files")
	}
	o.columned = &columns
	return r, nil
}

// notes are what a reader has to say.
func notes(r labelled.Reader) []error {
	if n, ok := r.(interface{ Notes() []error }); ok {
		return n.Notes()
	}
	return nil
}

// Stream reads one file for prediction, in constant memory; path "-" reads in. Labels are optional. The notes say what was
// guessed. The faults of rows are told one by one, and behind each the reader goes on: see labelled.Skipping.
func Stream(s Source, path string, in io.Reader) (labelled.Reader, []error, error) {
	kind, _, g, err := Resolve(s.Task)
	if err != nil {
		return nil, nil, err
	}
	o := opener{source: &s, kind: kind, glue: g, plain: true}
	name, split := path, guessSplit(path)
	if path == "-" {
		name, split = "standard input", Test
	} else {
		in = nil
	}
	if split == "" {
		split = Test
	}
	r, err := o.open(name, in, split)
	return r, notes(r), err
}
