package corpus

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"

	"github.com/parquet-go/parquet-go"

	"gobert/data/parquetfile"
	"gobert/internal/limits"
)

// textColumn is the column of a Parquet file that is read.
type textColumn struct {
	file   *parquet.File
	column int
}

// openParquet opens the file's footer and finds the column.
func openParquet(file io.ReaderAt, size int64, field string) (c textColumn, name string, err error) {
	if c.file, err = parquetfile.Open(file, size); err != nil {
		return c, "", err
	}
	defer parquetfile.Recover(&err)
	c.column, name, err = findColumn(c.file.Schema(), field)
	return c, name, err
}

// findColumn returns the column that is asked for, or "text", or the only one of strings.
func findColumn(schema *parquet.Schema, field string) (int, string, error) {
	var all, strs []string
	for _, path := range schema.Columns() {
		leaf, _ := schema.Lookup(path...)
		name := strings.Join(path, ".")
		all = append(all, name)
		if leaf.MaxRepetitionLevel == 0 && leaf.Node.Type().Kind() == parquet.ByteArray {
			strs = append(strs, name)
			if name == field || field == "" && name == defaultField {
				return leaf.ColumnIndex, name, nil
			}
		}
	}
	if field == "" && len(strs) == 1 {
		leaf, _ := schema.Lookup(strings.Split(strs[0], ".")...)
		return leaf.ColumnIndex, strs[0], nil
	}
	if field == "" {
		field = defaultField
	}
	return 0, "", fault("name the column of the text: --field NAME", "it has no column %q of text, it has %q", field, all)
}

// checkParquet refuses standard input, which cannot be read from its end.
func (in *input) checkParquet(s *Source) error {
	if s.Path == Stdin {
		return errors.New("a Parquet file cannot be read from standard input, because it is read from its end (hint: give its path)")
	}
	return nil
}

// readParquet hands the rows from one on in blocks.
func (in *input) readParquet(s *Source, k int, row int64, o *ReadOptions, read *atomic.Int64, emit func(block) bool) (err error) {
	defer parquetfile.Recover(&err)
	c, name, err := openParquet(countedFile{in.file, read}, s.Size, o.Field)
	if err != nil {
		return err
	}
	s.Field = name
	groups := c.file.RowGroups()
	b, first := block{}, int64(0) // first row of the group
	for _, group := range groups {
		rows := group.NumRows()
		if row >= first+rows {
			first += rows
			continue
		}
		var tooLong error
		goOn, err := c.readGroup(group, row-first, func(value []byte) bool {
			if len(value) > limits.Record {
				tooLong = fmt.Errorf("row %d: %w", row+1, limits.TooLong("cell"))
				return false
			}
			b.data = append(b.data, value...)
			b.records = append(b.records, len(b.data))
			row++
			if len(b.data) < blockBytes {
				return true
			}
			b.next = position{k, row}
			full := b
			b = block{}
			return emit(full)
		})
		if err = errors.Join(err, tooLong); err != nil || !goOn {
			return err
		}
		first += rows
	}
	b.last = true
	emit(b)
	return nil
}

// countedFile counts what is read for the progress.
type countedFile struct {
	io.ReaderAt
	read *atomic.Int64
}

func (f countedFile) ReadAt(p []byte, at int64) (int, error) {
	n, err := f.ReaderAt.ReadAt(p, at)
	f.read.Add(int64(n))
	return n, err
}

// readGroup calls value for the rows of a group from one on; null is an empty value.
func (c textColumn) readGroup(group parquet.RowGroup, row int64, value func([]byte) bool) (bool, error) {
	pages := group.ColumnChunks()[c.column].Pages()
	defer pages.Close()
	if row > 0 {
		if err := pages.SeekToRow(row); err != nil {
			return false, err
		}
	}
	buffer := make([]parquet.Value, 256)
	for {
		page, err := pages.ReadPage()
		if errors.Is(err, io.EOF) {
			return true, nil
		}
		if err != nil {
			return false, fmt.Errorf("reading a page of Parquet: %w", err)
		}
		goOn, err := readPage(page, buffer, value)
		parquet.Release(page)
		if err != nil || !goOn {
			return false, err
		}
	}
}

func readPage(page parquet.Page, buffer []parquet.Value, value func([]byte) bool) (bool, error) {
	values := page.Values()
	for {
		n, err := values.ReadValues(buffer)
		for _, v := range buffer[:n] {
			var bytes []byte
			if !v.IsNull() {
				bytes = v.ByteArray()
			}
			if !value(bytes) {
				return false, nil
			}
		}
		if errors.Is(err, io.EOF) {
			return true, nil
		}
		if err != nil {
			return false, fmt.Errorf("reading values of Parquet: %w", err)
		}
	}
}
