package corpus

import (
	"context"
	"io"
	"strings"
	"testing"
)

// endless is the same text again and again.
type endless struct {
	text     string
	at, most int
}

func (e *endless) Read(p []byte) (int, error) {
	if e.most <= 0 {
		return 0, io.EOF
	}
	n := copy(p, e.text[e.at:])
	e.at = (e.at + n) % len(e.text)
	e.most -= n
	return n, nil
}

// TestLineWithoutEnd reads a line that never ends: the reading does, and names the limit.
func TestLineWithoutEnd(t *testing.T) {
	if testing.Short() {
		t.Skip("reads hundreds of megabytes")
	}
	in := &endless{text: strings.Repeat("letters without end ", 1<<12), most: 1 << 30}
	text, err := Read(ReadOptions{Paths: []string{Stdin}, Stdin: in})
	if err != nil {
		t.Fatal(err)
	}
	for _, err = range text.Texts(context.Background()) {
		if err != nil {
			break
		}
	}
	if err == nil || !strings.Contains(err.Error(), "standard input: from byte 0 on: the line is longer than 256M, the limit of one line") {
		t.Errorf("got %v", err)
	}
	if in.most < 1<<29 {
		t.Errorf("%d bytes were read", 1<<30-in.most)
	}
}
