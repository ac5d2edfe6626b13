package textfile

import (
	"bufio"
	"bytes"
	"compress/bzip2"
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

	"gobert/internal/disk"
	"gobert/internal/fault"
)

const (
	sniffed    = 1 << 12 // bytes that decide what a file is
	bufferSize = 1 << 16 // the most that [Text.Head] gives
)

// ErrEmpty says that there is nothing to read.
var ErrEmpty = errors.New("it is empty, expected text")

// Text is the text of a file: unpacked, in UTF-8, without a byte order mark.
type Text struct {
	*bufio.Reader
	Name   string // for messages
	Packed string // "gzip", "zstd", "bzip2", or empty
	Coding string // "utf-8", "utf-16le", "utf-16be"

	in     io.Reader // what is read
	begin  int64     // bytes of it before the text; -1 where something stands between
	live   *Live     // what is read, where it is one and nothing stands between
	closes []func() error
}

// Open opens a file.
func Open(path string) (*Text, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		f.Close()
		return nil, disk.Kind(syscall.EISDIR, "it is a folder, expected a file")
	}
	t, err := New(path, f)
	if err != nil {
		f.Close()
		return nil, err
	}
	t.closes = append(t.closes, f.Close)
	return t, nil
}

// New reads from r what Open reads from a file. Of a [Live] input it takes what is there. What is a Text already stays as it is.
func New(name string, r io.Reader) (*Text, error) {
	if t, ok := r.(*Text); ok {
		return t, nil
	}
	t := &Text{Reader: bufio.NewReaderSize(r, bufferSize), Name: name, Coding: "utf-8", in: r}
	t.live, _ = r.(*Live)
	if err := t.open(); err != nil {
		return nil, errors.Join(err, t.Close())
	}
	return t, nil
}

// open finds out what the first bytes say; the name says nothing.
func (t *Text) open() error {
	head, err := t.look()
	if err != nil {
		return err
	}
	if err := t.unpack(head); err != nil {
		return broken(t.Packed, err)
	}
	if t.Packed != "" {
		if head, err = t.look(); err != nil {
			return err
		}
	}
	return t.decode(head)
}

// look returns the first bytes of what is not empty.
func (t *Text) look() ([]byte, error) {
	head, err := t.head(sniffed)
	switch {
	case len(head) > 0:
		return head, nil
	case err == nil || errors.Is(err, io.EOF):
		return nil, ErrEmpty
	}
	return nil, err
}

// through lets something stand between the file and the text.
func (t *Text) through(r io.Reader) {
	t.Reader, t.live, t.begin = bufio.NewReaderSize(r, bufferSize), nil, -1
}

func (t *Text) unpack(head []byte) error {
	var unpacked io.Reader
	var err error
	switch {
	case bytes.HasPrefix(head, []byte("\x1F\x8B")):
		t.Packed = "gzip"
		unpacked, err = gzip.NewReader(t.Reader)
	case bytes.HasPrefix(head, []byte("\x28\xB5\x2F\xFD")):
		t.Packed = "zstd"
		var z *zstd.Decoder
		if z, err = zstd.NewReader(t.Reader); err == nil {
			t.closes = append(t.closes, func() error { z.Close(); return nil })
		}
		unpacked = z
	case bytes.HasPrefix(head, []byte("BZh")) && len(head) > 3 && head[3] >= '1' && head[3] <= '9':
		t.Packed = "bzip2"
		unpacked = bzip2.NewReader(t.Reader)
	}
	if t.Packed != "" && err == nil {
		t.through(unpacking{unpacked, t.Packed})
	}
	return err
}

func broken(packed string, err error) error {
	return fault.New("unpacking %s: %w", packed, err).Advise("is the file whole?")
}

// unpacking says in errors what was being unpacked.
type unpacking struct {
	io.Reader
	packed string
}

func (r unpacking) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, context.Canceled) {
		err = broken(r.packed, err)
	}
	return n, err
}

// decode takes the byte order mark away and turns UTF-16 into UTF-8.
func (t *Text) decode(head []byte) error {
	switch {
	case bytes.HasPrefix(head, []byte("\xEF\xBB\xBF")):
		if head = head[3:]; len(head) == 0 {
			return fmt.Errorf("%w: there is a byte order mark and nothing else", ErrEmpty)
		}
		_, _ = t.Discard(3)
		if t.begin == 0 {
			t.begin = 3
		}
	case bytes.HasPrefix(head, []byte("\xFF\xFE\x00\x00")), bytes.HasPrefix(head, []byte("\x00\x00\xFE\xFF")):
		return fault.New("it is UTF-32, expected UTF-8 or UTF-16").Advise("convert it: iconv -f UTF-32 -t UTF-8")
	case bytes.HasPrefix(head, []byte("\xFF\xFE")), bytes.HasPrefix(head, []byte("\xFE\xFF")):
		t.Coding = map[byte]string{0xFF: "utf-16le", 0xFE: "utf-16be"}[head[0]]
		t.through(transform.NewReader(&pairs{Reader: t.Reader}, unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder()))
		if _, err := t.look(); err != nil {
			return err
		}
		all, _ := t.Peek(t.Buffered())
		return checkEnds(all)
	}
	if err := checkBinary(head); err != nil {
		return err
	}
	all, _ := t.Peek(t.Buffered())
	return checkEnds(all)
}

// pairs holds UTF-16 to its pairs of bytes.
type pairs struct {
	io.Reader
	odd bool
}

func (r *pairs) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if r.odd = r.odd != (n%2 == 1); r.odd && errors.Is(err, io.EOF) {
		err = fault.New("it is UTF-16 and ends in the middle of a character").Advise("was it cut short?")
	}
	return n, err
}

// Head returns the next n bytes, which stay to be read: fewer at the end, or where a live input pauses after a whole line.
func (t *Text) Head(n int) []byte {
	head, _ := t.head(n)
	return head
}

func (t *Text) head(n int) ([]byte, error) {
	t.TellPauses(true)
	defer t.TellPauses(false)
	for {
		head, err := t.Peek(n)
		if !errors.Is(err, ErrPause) || bytes.IndexByte(head, '\n') >= 0 {
			return head, err
		}
	}
}

// TellPauses says whether reading gives [ErrPause] while a live input pauses.
func (t *Text) TellPauses(on bool) {
	if t.live != nil {
		t.live.pausing = on
	}
}

// Begin is where in a file its text begins, of which each byte stands there as it is; -1 where it is packed or written otherwise.
func (t *Text) Begin() int64 { return t.begin }

// Skip goes to an offset in a text of which nothing was read.
func (t *Text) Skip(offset int64) error {
	if s, ok := t.in.(io.Seeker); ok && t.begin >= 0 && offset > 0 {
		_, err := s.Seek(t.begin+offset, io.SeekStart)
		t.Reset(t.in)
		return err
	}
	_, err := io.CopyN(io.Discard, t.Reader, offset)
	return err
}

// Close closes what was opened.
func (t *Text) Close() error {
	var errs []error
	for i := len(t.closes) - 1; i >= 0; i-- {
		errs = append(errs, t.closes[i]())
	}
	t.closes = nil
	return errors.Join(errs...)
}
