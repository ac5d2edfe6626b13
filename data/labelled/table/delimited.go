package table

import (
	"errors"
	"io"
	"strconv"
	"strings"

	"gobert/data/labelled"
	"gobert/internal/intake"
)

// maxQuotedLines is how many lines a quoted field may go over: beyond it, the quotation mark was never meant to open one.
const maxQuotedLines = 1000

// delimited gives the records of a text with a separator.
type delimited struct {
	lines     *labelled.Lines
	separator byte
	quotes    bool // a field may be quoted, as in RFC 4180
	names     []string
	record    int
	first     *row // read to find out about the header
	pending   error
}

// newDelimited reads the first record. header nil asks known whether one of its cells is a column's name.
func newDelimited(lines *labelled.Lines, separator byte, quotes bool, header *bool, known func(string) bool) (*delimited, error) {
	d := &delimited{lines: lines, separator: separator, quotes: quotes}
	cells, at, err := d.read()
	switch {
	case labelled.IsRow(err):
		d.pending = err // It is told when the rows are read.
		return d, nil
	case errors.Is(err, io.EOF):
		return nil, labelled.Fault(lines.Origin(1, 0), "the file has no rows")
	case err != nil:
		return nil, err
	}
	is := false
	if header != nil {
		is = *header
	} else {
		for _, c := range cells {
			is = is || known(strings.TrimSpace(c))
		}
	}
	if is {
		for _, c := range cells {
			d.names = append(d.names, strings.TrimSpace(c))
		}
		return d, nil
	}
	d.name(len(cells))
	r := d.row(cells, at)
	d.first = &r
	return d, nil
}

// name counts the columns of a file without a header.
func (d *delimited) name(columns int) {
	for i := range columns {
		d.names = append(d.names, strconv.Itoa(i+1))
	}
}

func (d *delimited) row(cells []string, at labelled.Origin) row {
	d.record++
	at.Record = d.record
	values := make([]any, len(cells))
	for i, c := range cells {
		values[i] = c
	}
	return row{at: at, names: d.names, values: values}
}

func (d *delimited) next() (row, error) {
	if d.pending != nil {
		err := d.pending
		d.pending = nil
		return row{}, err
	}
	if d.first != nil {
		r := *d.first
		d.first = nil
		return r, nil
	}
	cells, at, err := d.read()
	if err != nil {
		if labelled.IsRow(err) {
			d.record++
		}
		return row{}, err
	}
	if d.names == nil {
		d.name(len(cells))
	}
	r := d.row(cells, at)
	if len(cells) != len(d.names) {
		return row{}, labelled.Fault(r.at, "the row has %d columns, expected %d as in the first row", len(cells), len(d.names)).Advise(d.hint(len(cells)))
	}
	return r, nil
}

func (d *delimited) hint(columns int) string {
	switch {
	case d.quotes && columns > len(d.names):
		return "a field that contains the separator must stand in quotation marks"
	case !d.quotes && columns > len(d.names):
		return "a tab separates columns and cannot be quoted here; {format} csv {separator} tab reads quotation marks"
	}
	return "is a column or a separator missing?"
}

// Close closes the file.
func (d *delimited) Close() error { return d.lines.Close() }

// read gives the cells of the next record that is not blank.
func (d *delimited) read() ([]string, labelled.Origin, error) {
	for {
		line, err := d.lines.Next()
		if err != nil {
			return nil, labelled.Origin{}, err
		}
		if line == "" {
			continue
		}
		at := d.lines.Origin(d.lines.Number(), d.record+1)
		if !d.quotes {
			return strings.Split(line, string(d.separator)), at, nil
		}
		cells, err := d.quoted(line, at)
		return cells, at, err
	}
}

// quoted parses a record of RFC 4180, which may go over several lines. A quotation mark inside a field that does not begin
// with one is a character.
func (d *delimited) quoted(line string, at labelled.Origin) ([]string, error) {
	var cells []string
	var more []string // lines after the first
	field := strings.Builder{}
	for {
		if !strings.HasPrefix(line, `"`) {
			cell, rest, found := strings.Cut(line, string(d.separator))
			cells = append(cells, cell)
			if !found {
				return cells, nil
			}
			line = rest
			continue
		}
		field.Reset()
		line = line[1:]
		for {
			before, rest, found := strings.Cut(line, `"`)
			field.WriteString(before)
			if !found { // The field goes on in the next line.
				next, err := d.lines.Next()
				if err != nil && !errors.Is(err, io.EOF) && !labelled.IsRow(err) {
					return nil, err
				}
				if err != nil || len(more) == maxQuotedLines {
					if err == nil {
						more = append(more, next)
					}
					d.lines.Back(more)
					return nil, labelled.Fault(at, "the quotation mark that opens column %d is never closed", len(cells)+1).Advise("write \"\" for a " +
						"quotation mark inside a quoted field, or read the file with {format} tsv, where quotation marks are characters")
				}
				if err := intake.Growing(field.Len()+len(next), "field"); err != nil {
					return nil, labelled.Broken(at, "%w", err)
				}
				more = append(more, next)
				field.WriteByte('\n')
				line = next
				continue
			}
			line = rest
			if !strings.HasPrefix(line, `"`) {
				break
			}
			field.WriteByte('"')
			line = line[1:]
		}
		cells = append(cells, field.String())
		if line == "" {
			return cells, nil
		}
		if line[0] != d.separator {
			d.lines.Back(more)
			return nil, labelled.Fault(at, "column %d goes on with %q behind its closing quotation mark, expected a separator", len(cells),
				shorten(line)).Advise("write \"\" for a quotation mark inside a quoted field")
		}
		line = line[1:]
	}
}
