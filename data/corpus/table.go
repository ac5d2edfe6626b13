package corpus

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"gobert/data/labelled"
	"gobert/data/labelled/table"
)

// isTable reports whether a format is text with rows that package table reads.
func (f Format) isTable() bool { return f == CSV || f == TSV }

// openTable finds the column of the text.
func (o *ReadOptions) openTable(s *Source, open func(kind labelled.Kind, o table.Options) (*table.Reader, error)) (*table.Reader, error) {
	r, err := open(labelled.Classify, table.Options{
		Format: table.Format(s.Format), AllowEmpty: true, Columns: table.Columns{Text: o.Field},
	})
	if err != nil {
		return nil, placeless(err)
	}
	s.Field = r.Columns().Text
	return r, nil
}

// placeless takes the place from an error of package table, which names the file and the line: they are said once.
func placeless(err error) error {
	e, ok := errors.AsType[*labelled.Error](err)
	switch {
	case !ok:
		return err
	case e.Origin.Line > 0:
		return fmt.Errorf("line %d: %w", e.Origin.Line, errors.Unwrap(e))
	case !e.Row && e.Origin.Record > 0:
		return fmt.Errorf("record %d: %w", e.Origin.Record, errors.Unwrap(e))
	}
	return errors.Unwrap(e)
}

// findColumn looks for the column of the text in what is seen of a table, so that it can be said before all is read.
func (o *ReadOptions) findColumn(s *Source, head []byte) error {
	_, err := o.openTable(s, func(kind labelled.Kind, o table.Options) (*table.Reader, error) {
		return table.Read(s.Path, bytes.NewReader(head), kind, o)
	})
	if err != nil && len(head) < sniffBytes {
		return err
	}
	return nil // The first row may be longer than what is seen.
}

// readTable hands the rows from one on in blocks, the text alone.
func (in *input) readTable(s *Source, row int64, o *ReadOptions, emit func(block) bool) error {
	r, err := o.openTable(s, func(kind labelled.Kind, o table.Options) (*table.Reader, error) {
		if in.Text == nil {
			return table.ReadParquet(s.Path, in.file, s.Size, kind, o)
		}
		return table.Read(s.Path, in.Text, kind, o)
	})
	if err != nil {
		return err
	}
	var b block
	for at := int64(0); ; at++ {
		e, err := r.Next()
		switch {
		case errors.Is(err, io.EOF):
			b.last = true
			emit(b)
			return nil
		case err != nil && !labelled.IsRow(err):
			return placeless(err)
		case at < row:
			continue
		case err != nil:
			b.faults = append(b.faults, recordFault{len(b.records) + 1, placeless(err)})
		}
		b.data = append(b.data, e.Text...)
		b.records = append(b.records, len(b.data))
		if len(b.data) >= blockBytes {
			b.next = position{Offset: at + 1}
			full := b
			if b = (block{}); !emit(full) {
				return nil
			}
		}
	}
}
