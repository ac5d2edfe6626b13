package textfile

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSkip goes on in the middle of a text, be it in the file as it stands or not.
func TestSkip(t *testing.T) {
	folder := t.TempDir()
	for _, test := range []struct{ content, want string }{
		{"one two", "two"},
		{"\xEF\xBB\xBFone two", "two"},
		{"\xFF\xFEo\x00n\x00e\x00 \x00t\x00w\x00o\x00", "two"},
	} {
		path := filepath.Join(folder, "a.txt")
		if err := os.WriteFile(path, []byte(test.content), 0o644); err != nil {
			t.Fatal(err)
		}
		text, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := text.Skip(4); err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(text); string(got) != test.want || err != nil {
			t.Errorf("%q: got %q, %v", test.content, got, err)
		}
		if err := text.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestFaults: what is no text is said to be so; that of UTF-16 half a character is missing is seen at its end.
func TestFaults(t *testing.T) {
	for content, want := range map[string]string{
		"":                              "it is empty",
		"\xFE\xFF":                      "it is empty",
		"PAR1\x15\x04":                  "a Parquet file",
		"\x1F\x8Bnot really":            "unpacking gzip",
		"p\x00l\x00a\x00i\x00n\x00":     "UTF-16LE without a byte order mark",
		"\xFF\xFEo\x00n\x00e\x00t":      "middle of a character",
		"some\x00thing":                 "binary (a byte of 0 at 4)",
		"\x00\x00\xFE\xFF\x00\x00\x00a": "UTF-32",
		"text,label\ra,x\rb,y\r":        "carriage return alone",
		"\xFF\xFEa\x00\r\x00b\x00":      "carriage return alone",
	} {
		text, err := New("a", strings.NewReader(content))
		if err == nil {
			_, err = io.ReadAll(text)
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", content, err, want)
		}
		if (content == "" || len(content) == 2) && !errors.Is(err, ErrEmpty) {
			t.Errorf("%q: %v is not ErrEmpty", content, err)
		}
	}
	for _, fine := range []string{"one line\r", "a\r\nb\r\n", "a\rb\nc\n", "{\r\"a\": 1\r}\r"} {
		if _, err := New("a", strings.NewReader(fine)); err != nil {
			t.Errorf("%q: %v", fine, err)
		}
	}
	if _, err := Open(t.TempDir()); err == nil || !strings.Contains(err.Error(), "it is a folder") {
		t.Errorf("got %v for a folder", err)
	}
}
