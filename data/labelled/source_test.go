package labelled

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"strings"
	"testing"

	"golang.org/x/text/encoding/unicode"
)

func compressed(text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(text))
	_ = z.Close()
	return b.String()
}

func utf16(t *testing.T, e unicode.Endianness, text string) string {
	s, err := unicode.UTF16(e, unicode.UseBOM).NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSource(t *testing.T) {
	const text = "héllo\n世界\n"
	bare := utf16(t, unicode.LittleEndian, "plain western text\n")[2:]
	for _, test := range []struct{ name, content, want, fault string }{
		{"utf-8", text, text, ""},
		{"byte order mark", "\ufeff" + text, text, ""},
		{"utf-16 little", utf16(t, unicode.LittleEndian, text), text, ""},
		{"utf-16 big", utf16(t, unicode.BigEndian, text), text, ""},
		{"gzip", compressed(text), text, ""},
		{"gzip of utf-16", compressed(utf16(t, unicode.LittleEndian, text)), text, ""},
		{"empty", "", "", "it is empty"},
		{"mark alone", "\ufeff", "", "a byte order mark and nothing else"},
		{"utf-32", "\xff\xfe\x00\x00a\x00\x00\x00", "", "UTF-32"},
		{"utf-16 without a mark", bare, "", "iconv -f UTF-16LE"},
		{"binary", "PK\x03\x04\x00\x01\x02text and more text here", "", "it is a zip archive"},
		{"gzip cut short", compressed(text)[:8], "", "gzip"},
		{"nothing in gzip", compressed(""), "", "it is empty"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, err := NewSource("in.txt", strings.NewReader(test.content))
			if test.fault != "" {
				if err == nil || !strings.Contains(err.Error(), test.fault) || !strings.Contains(err.Error(), "in.txt") {
					t.Fatalf("got %v, want an error with in.txt and %q", err, test.fault)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(s)
			if err != nil || string(got) != test.want {
				t.Errorf("got %q, %v; want %q", got, err, test.want)
			}
		})
	}
	if _, err := OpenSource(t.TempDir()); err == nil || !strings.Contains(err.Error(), "it is a folder") {
		t.Errorf("got %v for a folder", err)
	}
}

func TestLines(t *testing.T) {
	long := strings.Repeat("x", 300_000)
	s, err := NewSource("f", strings.NewReader("a\r\n\nb\xffc\n"+long+"\nlast"))
	if err != nil {
		t.Fatal(err)
	}
	l := NewLines(s)
	for i, want := range []string{"a", "", "!not UTF-8 (byte 0xff at column 2", long, "last"} {
		got, err := l.Next()
		if fault, ok := strings.CutPrefix(want, "!"); ok {
			if !IsRow(err) || !strings.Contains(err.Error(), fault) || !strings.Contains(err.Error(), "line 3") {
				t.Errorf("line %d: got %v, want %q", i+1, err, fault)
			}
			continue
		}
		if err != nil || got != want || l.Number() != i+1 {
			t.Errorf("line %d: got %d bytes, number %d, %v", i+1, len(got), l.Number(), err)
		}
	}
	l.Back([]string{"x", "y"})
	first, _ := l.Next()
	second, _ := l.Next()
	if first != "x" || second != "y" || l.Number() != 5 {
		t.Errorf("given back: %q, %q, line %d", first, second, l.Number())
	}
	if _, err := l.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("got %v at the end", err)
	}
}

func TestSkipping(t *testing.T) {
	faulty := &faults{}
	for i := range 20 {
		at := Origin{File: "f", Line: i + 1}
		if i%2 == 1 {
			faulty.errs = append(faulty.errs, Fault(at, "odd"))
		} else {
			faulty.errs = append(faulty.errs, nil)
		}
	}
	var skipped Skipped
	all, err := ReadAll(Skipping(faulty, &skipped))
	if err != nil || len(all) != 10 || skipped.Rows != 10 || !faulty.closed {
		t.Errorf("got %d examples, %d skipped, %v, closed %v", len(all), skipped.Rows, err, faulty.closed)
	}
	for _, part := range []string{"10 rows skipped", "f: line 2: odd", "and 5 more"} {
		if !strings.Contains(skipped.Report(error.Error), part) {
			t.Errorf("report %q lacks %q", skipped.Report(error.Error), part)
		}
	}
	if new(Skipped).Report(error.Error) != "" {
		t.Error("nothing skipped is reported")
	}
	if _, err := ReadAll(&faults{errs: []error{nil, Fault(Origin{File: "g", Line: 2}, "bad")}}); err == nil {
		t.Error("a fault does not end reading")
	}
}

// faults is a reader of nothing but faults.
type faults struct {
	errs   []error
	closed bool
}

func (l *faults) Next() (Example, error) {
	if len(l.errs) == 0 {
		return Example{}, io.EOF
	}
	err := l.errs[0]
	l.errs = l.errs[1:]
	return Example{}, err
}

func (l *faults) Close() error { l.closed = true; return nil }
