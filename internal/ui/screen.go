package ui

import (
	"io"
	"os"
	"strings"
	"sync"

	"golang.org/x/term"
)

// Screen is a writer with a live line: whatever is written appears above it, as [Visible] text. On a stream that is no terminal
// there is no live line, only what is written, as it is. It is safe for use by several goroutines.
type Screen struct {
	mu   sync.Mutex
	w    io.Writer
	live bool // the stream is a terminal
	line string
}

// NewScreen wraps a stream.
func NewScreen(w io.Writer, terminal bool) *Screen { return &Screen{w: w, live: terminal} }

// IsLive says whether the live line is shown.
func (s *Screen) IsLive() bool { return s.live }

// eraseLine is the terminal's command to empty the line that the cursor is in.
const eraseLine = "\r\x1b[K"

// Write puts whole lines above the live line.
func (s *Screen) Write(text []byte) (int, error) {
	if s.live {
		_, err := s.above([]byte(Visible(string(text))))
		return len(text), err
	}
	return s.above(text)
}

// Styled is the same for writers that bring colours of their own, and make what they are given [Visible] themselves.
func (s *Screen) Styled() io.Writer { return styled{s} }

type styled struct{ screen *Screen }

// Write puts whole lines above the live line.
func (s styled) Write(text []byte) (int, error) { return s.screen.above(text) }

func (s *Screen) above(text []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.line == "" {
		return s.w.Write(text)
	}
	if _, err := io.WriteString(s.w, eraseLine); err != nil {
		return 0, err
	}
	n, err := s.w.Write(text)
	if err == nil {
		_, err = io.WriteString(s.w, s.line)
	}
	return n, err
}

// Live replaces the live line; an empty one takes it away.
func (s *Screen) Live(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.live || line == s.line {
		return
	}
	s.line = cut(strings.ReplaceAll(Visible(line), "\n", `\n`), s.width())
	_, _ = io.WriteString(s.w, eraseLine+s.line)
}

// width is the terminal's, asked each time because it changes.
func (s *Screen) width() int {
	if f, ok := s.w.(*os.File); ok {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
			return w
		}
	}
	return 80
}

// cut keeps a line from wrapping, where erasing it would leave half behind.
func cut(line string, width int) string {
	runes := []rune(strings.TrimRight(line, " "))
	if len(runes) >= width {
		runes = runes[:max(0, width-1)]
	}
	return string(runes)
}
