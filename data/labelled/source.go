package labelled

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"gobert/internal/whole"
)

// sniffed is how many bytes decide what a file is.
const sniffed = 4096

// Source is a text file, decompressed and in UTF-8 without a byte order mark.
type Source struct {
	*bufio.Reader
	Name   string // for messages
	live   *Live  // what is read, where it is one and nothing stands between
	closes []func() error
}

// OpenSource opens a text file. gzip and zstandard are decompressed; UTF-16 with a byte order mark is converted. An empty
// or binary file is an error.
func OpenSource(path string) (*Source, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("labelled: opening labelled data: %w", err)
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		f.Close()
		return nil, whole.Kind(syscall.EISDIR, fmt.Sprintf("labelled: reading %s: it is a folder, expected a file", path))
	}
	s, err := NewSource(path, f)
	if err != nil {
		f.Close()
		return nil, err
	}
	s.closes = append(s.closes, f.Close)
	return s, nil
}

// NewSource reads from r what OpenSource reads from a file; name is used in messages. Of a [Live] input it takes what is there.
// What is a Source already stays as it is.
func NewSource(name string, r io.Reader) (*Source, error) {
	if s, ok := r.(*Source); ok {
		return s, nil
	}
	s := &Source{Reader: bufio.NewReaderSize(r, 1<<16), Name: name}
	s.live, _ = r.(*Live)
	if err := s.decompress(); err != nil {
		return nil, err
	}
	head, err := s.head(sniffed)
	if len(head) == 0 {
		switch {
		case err == nil || errors.Is(err, io.EOF):
			return nil, fmt.Errorf("labelled: reading %s: the file is empty, expected labelled data", name)
		case errors.Is(err, context.Canceled):
			return nil, err
		}
		return nil, fmt.Errorf("labelled: reading %s: %w", name, err)
	}
	return s, s.decode(head)
}

// Head returns the next n bytes, which stay to be read: fewer at the end, or where a live input pauses after a whole line.
func (s *Source) Head(n int) []byte {
	head, _ := s.head(n)
	return head
}

func (s *Source) head(n int) ([]byte, error) {
	s.tellPauses(true)
	defer s.tellPauses(false)
	for {
		head, err := s.Peek(n)
		if !errors.Is(err, ErrPause) || bytes.IndexByte(head, '\n') >= 0 {
			return head, err
		}
	}
}

// tellPauses says whether reading gives ErrPause while a live input pauses.
func (s *Source) tellPauses(on bool) {
	if s.live != nil {
		s.live.pausing = on
	}
}

// decompress looks at the first bytes, not at the name.
func (s *Source) decompress() error {
	head, _ := s.Peek(4)
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(s.Reader)
		if err != nil {
			return fmt.Errorf("labelled: reading %s: gzip: %w", s.Name, err)
		}
		s.Reader, s.live = bufio.NewReaderSize(z, 1<<16), nil
	case bytes.Equal(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		z, err := zstd.NewReader(s.Reader, zstd.WithDecoderConcurrency(1))
		if err != nil {
			return fmt.Errorf("labelled: reading %s: zstandard: %w", s.Name, err)
		}
		s.closes = append(s.closes, func() error { z.Close(); return nil })
		s.Reader, s.live = bufio.NewReaderSize(z, 1<<16), nil
	}
	return nil
}

// decode settles the encoding from the first bytes.
func (s *Source) decode(head []byte) error {
	order := unicode.LittleEndian
	switch {
	case bytes.HasPrefix(head, []byte{0xef, 0xbb, 0xbf}):
		_, _ = s.Discard(3)
		if len(head) == 3 {
			return fmt.Errorf("labelled: reading %s: the file holds a byte order mark and nothing else", s.Name)
		}
		head = head[3:]
	case bytes.HasPrefix(head, []byte{0xff, 0xfe, 0, 0}), bytes.HasPrefix(head, []byte{0, 0, 0xfe, 0xff}):
		return s.encodingError("UTF-32", "UTF-32")
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		order = unicode.BigEndian
		fallthrough
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}):
		decoded := transform.NewReader(s.Reader, unicode.UTF16(order, unicode.ExpectBOM).NewDecoder())
		s.Reader, s.live = bufio.NewReaderSize(decoded, 1<<16), nil
		return nil
	}
	nul := bytes.IndexByte(head, 0)
	if nul < 0 {
		return nil
	}
	// Western text in UTF-16 has a zero in every other byte.
	if zeros := bytes.Count(head, []byte{0}); zeros > len(head)*2/5 && zeros < len(head)*3/5 {
		if nul%2 == 0 {
			return s.encodingError("UTF-16 (big endian) without a byte order mark", "UTF-16BE")
		}
		return s.encodingError("UTF-16 (little endian) without a byte order mark", "UTF-16LE")
	}
	return fmt.Errorf("labelled: reading %s: byte %d is zero: this is a binary file, expected text (hint: is it the right file?)", s.Name, nul+1)
}

func (s *Source) encodingError(what, iconv string) error {
	return fmt.Errorf("labelled: reading %s: the file seems to be %s, expected UTF-8 (hint: iconv -f %s -t UTF-8)", s.Name, what, iconv)
}

// Close closes what was opened.
func (s *Source) Close() error {
	var first error
	for i := len(s.closes) - 1; i >= 0; i-- {
		if err := s.closes[i](); err != nil && first == nil {
			first = err
		}
	}
	s.closes = nil
	return first
}
