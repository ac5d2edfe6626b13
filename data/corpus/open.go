package corpus

import (
	"errors"
	"io"
	"os"
	"sync/atomic"

	"gobert/data/textfile"
	"gobert/internal/fault"
)

// sniffBytes is how much of a file is looked at to tell its format.
const sniffBytes = 1 << 16

// input is an open file: of text, or of Parquet.
type input struct {
	*textfile.Text               // nil for Parquet
	file           *countingFile // nil for standard input
	tail           []byte        // memory of length
}

func (in *input) close() {
	if in.Text != nil {
		_ = in.Close()
	}
	if in.file != nil {
		in.file.Close()
	}
}

// countingFile counts bytes as they are read from disk, for the progress.
type countingFile struct {
	*os.File
	read *atomic.Int64
}

func (f *countingFile) Read(p []byte) (int, error) {
	n, err := f.File.Read(p)
	f.read.Add(int64(n))
	return n, err
}

func (f *countingFile) ReadAt(p []byte, at int64) (int, error) {
	n, err := f.File.ReadAt(p, at)
	f.read.Add(int64(n))
	return n, err
}

// countingReader does the same for a stream.
type countingReader struct {
	io.Reader
	read *atomic.Int64
}

func (r countingReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.read.Add(int64(n))
	return n, err
}

// open opens a source and fills in what can be told by looking: packing, encoding, format.
func (o *ReadOptions) open(s *Source, read *atomic.Int64) (_ *input, err error) {
	in := &input{}
	var plain io.Reader = countingReader{o.Stdin, read}
	if s.Path != Stdin {
		file, err := os.Open(s.Path)
		if err != nil {
			return nil, err
		}
		in.file = &countingFile{file, read}
		plain = in.file
	}
	defer func() {
		if err != nil {
			in.close()
		}
	}()
	s.Format = o.Format
	if o.Format == Auto || o.Format == Parquet {
		if is, err := o.isParquet(in, s); is || err != nil {
			return in, err
		}
	}
	if in.Text, err = textfile.New(s.Path, plain); err != nil {
		if errors.Is(err, textfile.ErrEmpty) {
			err = fault.New("%w", err).Advise("leave it out, or skip such files: {on-error} skip")
		}
		return nil, err
	}
	s.Packed, s.Coding = in.Packed, in.Coding
	if s.Format == Auto {
		s.Format = detect(s.Path, in.Head(sniffBytes))
	}
	if o.DocumentLines > 0 && s.Format != Text {
		return nil, fault.New("it is %s, whose documents are marked", s.Format).Advise("leave out {document-lines}")
	}
	if s.Format.isTable() {
		return in, o.findColumn(s, in.Head(sniffBytes))
	}
	return in, nil
}

// isParquet looks at a file's first bytes. Standard input cannot be read from its end, as Parquet is.
func (o *ReadOptions) isParquet(in *input, s *Source) (bool, error) {
	if in.file == nil {
		if o.Format == Parquet {
			return false, fault.New("a Parquet file cannot be read from standard input, because it is read from its end").Advise("give its path")
		}
		return false, nil
	}
	is := textfile.IsParquet(in.file.File)
	if is {
		s.Format = Parquet
	} else if o.Format == Parquet {
		return false, fault.New("it is no Parquet file: it does not begin as one").Advise("leave out {format}")
	}
	return is, nil
}
