package dataset

import (
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
)

// endless gives a header and then the same rows again and again, n bytes or a few more.
type endless struct {
	head, row string
	left      int
	rest      string
}

func (e *endless) Read(p []byte) (int, error) {
	if e.rest == "" {
		switch {
		case e.head != "":
			e.rest, e.head = e.head, ""
		case e.left <= 0:
			return 0, io.EOF
		default:
			e.rest = e.row
			e.left -= len(e.row)
		}
	}
	n := copy(p, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}

// TestStreamNeedsNoMemory reads 24 MB of every format that can come through a pipe.
func TestStreamNeedsNoMemory(t *testing.T) {
	row := strings.Repeat("word ", 2000)
	for _, test := range []struct{ task, head, row string }{
		{"classify", "text\tlabel\n", row + "\tx\n"},
		{"classify", "", row + "\n"},
		{"classify", "", "{\"text\": \"" + row + "\"}\n"},
		{"classify", "[{\"text\": \"a\"}", ",\n{\"text\": \"" + row + "\"}"},
		{"tag", "a O\nb B-X\n\n", strings.Repeat("word O\n", 500) + "\n"},
	} {
		r, _, err := Stream(Source{Task: test.task}, "-", &endless{head: test.head, row: test.row, left: 24 << 20})
		if err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		examples := 0
		for {
			if _, err := r.Next(); errors.Is(err, io.EOF) || err != nil && strings.Contains(err.Error(), "the list is not closed") {
				break
			} else if err != nil {
				t.Fatal(err)
			}
			if examples++; examples == 500 {
				runtime.GC()
				runtime.ReadMemStats(&before)
			}
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); examples < 2000 || grown > 8<<20 {
			t.Errorf("%s with rows of %.20q: %d examples, memory grew by %d bytes", test.task, test.row, examples, grown)
		}
	}
}
