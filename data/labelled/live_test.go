package labelled

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/unicode"

	"gobert/data/textfile"
)

// pause is one of tests.
const pause = 20 * time.Millisecond

// write writes to a pipe, whose reader runs in another goroutine.
func write(t *testing.T, w io.Writer, text string) {
	t.Helper()
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
}

// TestPausesPartLines: what has come is given, half a line waits for its other half, and the end is the end.
func TestPausesPartLines(t *testing.T) {
	r, w := io.Pipe()
	live := textfile.NewLive(t.Context(), r, pause)
	write(t, w, "one\ntw")
	s, err := NewSource("pipe", live)
	if err != nil {
		t.Fatal(err)
	}
	if head := string(s.Head(4096)); head != "one\ntw" {
		t.Errorf("the head is %q", head)
	}
	lines := NewLines(s)
	defer lines.Close()
	next := func(want string, wrong error) {
		t.Helper()
		got, err := lines.NextNow()
		for want != "" && errors.Is(err, ErrPause) { // it was written, and is on its way
			got, err = lines.NextNow()
		}
		if got != want || !errors.Is(err, wrong) {
			t.Errorf("got %q, %v, want %q, %v", got, err, want, wrong)
		}
	}
	next("one", nil)
	next("", ErrPause)
	next("", ErrPause)
	write(t, w, "o\n")
	next("two", nil)
	next("", ErrPause)
	long := strings.Repeat("x", 3<<16)
	write(t, w, long)
	next("", ErrPause)
	write(t, w, "\n\nlast")
	next(long, nil)
	if n := lines.Number(); n != 3 {
		t.Errorf("the third line is number %d", n)
	}
	next("", nil)
	w.Close()
	next("last", nil)
	next("", io.EOF)
	next("", io.EOF)
}

// TestNextWaits: without NextNow a live input is like any other.
func TestNextWaits(t *testing.T) {
	r, w := io.Pipe()
	go func() {
		for i := range 3 {
			fmt.Fprintf(w, "line")
			fmt.Fprintf(w, " %d\n", i)
		}
		w.CloseWithError(errors.New("the writer died"))
	}()
	s, err := NewSource("pipe", textfile.NewLive(t.Context(), r, pause))
	if err != nil {
		t.Fatal(err)
	}
	lines := NewLines(s)
	for i := range 3 {
		if got, err := lines.Next(); err != nil || got != fmt.Sprintf("line %d", i) {
			t.Errorf("got %q, %v", got, err)
		}
	}
	if _, err := lines.Next(); err == nil || !strings.Contains(err.Error(), "the writer died") || !strings.Contains(err.Error(), "line 4") {
		t.Errorf("got %v", err)
	}
}

// TestPausesStayOutOfDecoders: between compressed or UTF-16 bytes and their text no pause is told.
func TestPausesStayOutOfDecoders(t *testing.T) {
	text := strings.Repeat("a line of text\n", 10)
	for name, content := range map[string]string{"gzip": compressed(text), "utf-16": utf16(t, unicode.LittleEndian, text)} {
		r, w := io.Pipe()
		go func() {
			half := len(content) / 2
			_, _ = io.WriteString(w, content[:half])
			time.Sleep(3 * pause)
			_, _ = io.WriteString(w, content[half:])
			w.Close()
		}()
		s, err := NewSource("pipe", textfile.NewLive(t.Context(), r, pause))
		if err != nil {
			t.Fatal(err)
		}
		lines := NewLines(s)
		for range 10 {
			if line, err := lines.NextNow(); line != "a line of text" || err != nil {
				t.Fatalf("%s: %q, %v", name, line, err)
			}
		}
	}
}

// TestInterruptEndsWaiting: whoever waits for a line is told when the run ends.
func TestInterruptEndsWaiting(t *testing.T) {
	for _, beginning := range []string{"", "half a li"} {
		ctx, cancel := context.WithCancel(t.Context())
		r, w := io.Pipe()
		live := textfile.NewLive(ctx, r, pause)
		write(t, w, beginning)
		time.AfterFunc(3*pause, cancel)
		s, err := NewSource("pipe", live)
		if err == nil {
			_, err = NewLines(s).Next()
		}
		if !errors.Is(err, context.Canceled) {
			t.Errorf("after %q: %v", beginning, err)
		}
	}
}
