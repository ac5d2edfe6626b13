package corpus

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// input is an open file of text: unpacked, without byte order mark, in UTF-8.
type input struct {
	file   *os.File
	reader io.Reader // from the beginning of the text; nil for Parquet
	begin  int64     // bytes before the text, where skipping is seeking; -1 where it is reading
	close  func()
}

// progressReader counts bytes as they are read from disk.
type progressReader struct {
	io.Reader
	read *atomic.Int64
}

func (r progressReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.read.Add(int64(n))
	return n, err
}

// open opens a source and fills in what can be told by looking: packing, encoding, format.
func (o *ReadOptions) open(s *Source, read *atomic.Int64) (_ *input, err error) {
	in := &input{begin: -1, close: func() {}}
	plain := o.stdin()
	if s.Path != Stdin {
		if in.file, err = os.Open(s.Path); err != nil {
			return nil, err
		}
		plain, in.close = in.file, func() { in.file.Close() }
	}
	defer func() {
		if err != nil {
			in.close()
		}
	}()
	raw := bufio.NewReaderSize(progressReader{plain, read}, sniffBytes)
	head, err := peek(raw)
	if err != nil {
		return nil, err
	}
	s.Format = o.Format
	if bytes.HasPrefix(head, []byte("PAR1")) && (o.Format == Auto || o.Format == Parquet) {
		s.Format, in.reader = Parquet, nil
		return in, in.checkParquet(s)
	}
	if o.Format == Parquet {
		return nil, fault("leave out --format", "it is no Parquet file: it begins with %q, expected \"PAR1\"", cutTo(head, 4))
	}
	text, err := in.unpack(s, raw, head)
	if err != nil {
		return nil, err
	}
	if in.reader, err = in.decode(s, text); err != nil {
		return nil, err
	}
	if s.Format == Auto {
		s.Format = detect(s.Path, cutTo(in.peeked(), sniffBytes))
	}
	if o.DocumentLines > 0 && s.Format != Text {
		return in, fault("leave out --document-lines", "it is %s, whose documents are marked", s.Format)
	}
	if s.Format.isTable() {
		return in, o.findColumn(s, cutTo(in.peeked(), sniffBytes))
	}
	return in, nil
}

func (in *input) peeked() []byte {
	head, _ := in.reader.(*bufio.Reader).Peek(sniffBytes)
	return head
}

func cutTo(b []byte, n int) []byte { return b[:min(n, len(b))] }

// peek returns the first bytes of a file that is not empty.
func peek(r *bufio.Reader) ([]byte, error) {
	head, err := r.Peek(sniffBytes)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if len(head) == 0 {
		return nil, fault("leave it out, or skip such files: --on-error skip", "it is empty, expected text")
	}
	return head, nil
}

// unpack puts a decompressor on top where the first bytes ask for one.
func (in *input) unpack(s *Source, raw *bufio.Reader, head []byte) (*bufio.Reader, error) {
	var unpacked io.Reader
	switch {
	case bytes.HasPrefix(head, []byte("\x1F\x8B")):
		s.Packed = "gzip"
		z, err := gzip.NewReader(raw)
		if err != nil {
			return nil, fmt.Errorf("unpacking gzip: %w", err)
		}
		unpacked = z
	case bytes.HasPrefix(head, []byte("\x28\xB5\x2F\xFD")):
		s.Packed = "zstd"
		z, err := zstd.NewReader(raw)
		if err != nil {
			return nil, fmt.Errorf("unpacking zstd: %w", err)
		}
		closeFile := in.close
		in.close = func() { z.Close(); closeFile() }
		unpacked = z
	case bytes.HasPrefix(head, []byte("BZh")) && len(head) > 3 && head[3] >= '1' && head[3] <= '9':
		s.Packed = "bzip2"
		unpacked = bzip2.NewReader(raw)
	default:
		in.begin = 0
		return raw, nil
	}
	text := bufio.NewReaderSize(packedReader{unpacked, s.Packed}, sniffBytes)
	_, err := peek(text)
	return text, err
}

// packedReader says in errors what was being unpacked.
type packedReader struct {
	io.Reader
	packed string
}

func (r packedReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = fmt.Errorf("unpacking %s: %w (hint: is the file whole?)", r.packed, err)
	}
	return n, err
}

// decode takes the byte order mark away and turns UTF-16 into UTF-8.
func (in *input) decode(s *Source, text *bufio.Reader) (io.Reader, error) {
	head, err := peek(text)
	if err != nil {
		return nil, err
	}
	var order binary.ByteOrder
	switch s.Coding = "utf-8"; {
	case bytes.HasPrefix(head, []byte("\xFF\xFE\x00\x00")), bytes.HasPrefix(head, []byte("\x00\x00\xFE\xFF")):
		return nil, fault("convert it: iconv -f UTF-32 -t UTF-8", "it is UTF-32, expected UTF-8 or UTF-16")
	case bytes.HasPrefix(head, []byte("\xFF\xFE")):
		s.Coding, order = "utf-16le", binary.LittleEndian
	case bytes.HasPrefix(head, []byte("\xFE\xFF")):
		s.Coding, order = "utf-16be", binary.BigEndian
	case bytes.HasPrefix(head, []byte("\xEF\xBB\xBF")):
		_, _ = text.Discard(3)
		if in.begin == 0 {
			in.begin = 3
		}
	}
	if order == nil {
		return text, checkBinary(head)
	}
	_, _ = text.Discard(2)
	in.begin = -1
	converted := bufio.NewReaderSize(&utf16Reader{in: text, order: order}, sniffBytes)
	_, err = peek(converted)
	return converted, err
}
