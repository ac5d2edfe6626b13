package ui

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Visible writes what would steer a terminal as an escape: control characters of both sets but for newline and tab, characters
// that turn the direction of writing, and bytes that are no UTF-8. A text or a path of a stranger then can neither move the
// cursor nor colour, hide or forge what stands beside it.
func Visible(text string) string {
	if !steers(text) {
		return text
	}
	var b strings.Builder
	for i, r := range text {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(text[i:], "\ufffd"):
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case !commands(r):
			b.WriteRune(r)
		case r == '\r':
			b.WriteString(`\r`)
		case r < utf8.RuneSelf:
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

func steers(text string) bool { return strings.ContainsFunc(text, commands) || !utf8.ValidString(text) }

// commands says whether a terminal obeys a character instead of showing it.
func commands(r rune) bool {
	switch {
	case r == '\n', r == '\t':
		return false
	case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069: // Unicode's embeddings, overrides and isolates (UAX 9)
		return true
	}
	return unicode.IsControl(r)
}

// Terminal is a writer to a terminal that shows [Visible] text. It is safe for use by several goroutines.
type Terminal struct {
	mu   sync.Mutex
	w    io.Writer
	rest []byte // the beginning of a character whose other bytes are still to come
}

// NewTerminal wraps a stream that a person looks at.
func NewTerminal(w io.Writer) *Terminal { return &Terminal{w: w} }

// Write shows text. A character may be spread over two calls.
func (t *Terminal) Write(text []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := append(t.rest, text...)
	whole := len(all) - unfinished(all)
	t.rest = append([]byte(nil), all[whole:]...)
	if _, err := io.WriteString(t.w, Visible(string(all[:whole]))); err != nil {
		return 0, err
	}
	return len(text), nil
}

// Flush shows what is left of a character that never became whole.
func (t *Terminal) Flush() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	rest := string(t.rest)
	t.rest = nil
	_, err := io.WriteString(t.w, Visible(rest))
	return err
}

// unfinished is how many bytes at the end begin a character without ending it.
func unfinished(text []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if tail := text[len(text)-n:]; utf8.RuneStart(tail[0]) {
			if utf8.FullRune(tail) {
				return 0
			}
			return n
		}
	}
	return 0
}
