package vectors

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	"gobert/internal/disk"
	"gobert/internal/fault"
)

// Options say what is written.
type Options struct {
	Width   int    // numbers of a vector, 1 or more
	Numbers bool   // single numbers, such as similarities of pairs, and not vectors of width 1
	Name    string // of the tensor in .safetensors; empty: embeddings
}

// longestName leaves room for the rest of a header.
const longestName = 100

// Writer writes vectors, one after the other. It is for one goroutine.
type Writer struct {
	options Options
	format  Format
	out     *bufio.Writer
	file    *disk.File // nil for a stream
	spool   *os.File   // what is written into a pipe at last, because what stands before the numbers says how many there are
	count   int64
	row     []byte
}

func (o *Options) validate() error {
	switch {
	case o.Width < 1 || o.Numbers && o.Width != 1:
		return fmt.Errorf("vectors: %d numbers in a vector, expected 1 or more, and 1 where they are single numbers", o.Width)
	case len(o.Name) > longestName:
		return fmt.Errorf("vectors: the tensor's name has %d bytes, expected at most %d", len(o.Name), longestName)
	case o.Name == "":
		o.Name = "embeddings"
	}
	return nil
}

// Create begins a file, in the format that its name tells. It replaces what has the name in [Writer.Close], and not before; a pipe is written
// as it stands.
func Create(path string, o Options) (*Writer, error) {
	format, err := FormatOf(path)
	if err := errors.Join(err, o.validate()); err != nil {
		return nil, err
	}
	w := &Writer{options: o, format: format}
	if w.file, err = disk.Create(path); err != nil {
		return nil, err
	}
	target := w.file.File
	if w.file.IsSpecial() && format != JSONLines {
		if w.spool, err = os.CreateTemp("", "gobert-vectors-*"); err != nil {
			w.Abort()
			return nil, err
		}
		_ = os.Remove(w.spool.Name()) // it lasts as long as it is open
		target = w.spool
	}
	w.out = bufio.NewWriterSize(target, 1<<20)
	_, err = w.out.Write(o.header(format, 0))
	return w, err
}

// NewWriter writes JSON Lines to a stream.
func NewWriter(to io.Writer, o Options) (*Writer, error) {
	if err := o.validate(); err != nil {
		return nil, err
	}
	return &Writer{options: o, format: JSONLines, out: bufio.NewWriterSize(to, 1<<16)}, nil
}

// Count is how many vectors were added.
func (w *Writer) Count() int64 { return w.count }

// Add writes a vector, or a number.
func (w *Writer) Add(row []float32) (err error) {
	if len(row) != w.options.Width {
		return fmt.Errorf("vectors: vector %d has %d numbers, expected %d", w.count, len(row), w.options.Width)
	}
	w.count++
	if w.row, err = w.options.appendRow(w.row[:0], w.format, row); err != nil {
		return err
	}
	_, err = w.out.Write(w.row)
	return err
}

// AddLine writes what stands for a vector that has no width, such as one of weights of words: a value of its own, in JSON Lines alone.
func (w *Writer) AddLine(value any) (err error) {
	if w.format != JSONLines {
		return fmt.Errorf("vectors: a line of JSON in a file of %s", w.format)
	}
	w.count++
	if w.row, err = appendLine(w.row[:0], value); err != nil {
		return err
	}
	_, err = w.out.Write(w.row)
	return err
}

// Flush hands on what was added so far, for those who read along.
func (w *Writer) Flush() error { return w.out.Flush() }

// Close completes the file. After an error nothing of it remains.
func (w *Writer) Close() error {
	if w.file == nil {
		return w.out.Flush()
	}
	defer w.Abort()
	if err := w.out.Flush(); err != nil {
		return err
	}
	target := w.file.File
	if w.spool != nil {
		target = w.spool
	}
	if header := w.options.header(w.format, w.count); len(header) > 0 {
		if _, err := target.WriteAt(header, 0); err != nil {
			return err
		}
	}
	if w.spool != nil {
		if _, err := w.spool.Seek(0, io.SeekStart); err != nil {
			return err
		}
		if _, err := io.Copy(w.file.File, w.spool); err != nil {
			return fault.New("vectors: %w", err)
		}
	}
	return w.file.Commit()
}

// Abort throws away what was written. After Close it does nothing.
func (w *Writer) Abort() {
	if w.file != nil {
		w.file.Abort()
	}
	if w.spool != nil {
		w.spool.Close()
	}
}
