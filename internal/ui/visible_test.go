package ui

import (
	"bytes"
	"fmt"
	"io"
	"testing"
)

func TestVisible(t *testing.T) {
	for text, want := range map[string]string{
		"plain text\n\tand a tab": "plain text\n\tand a tab",
		"Gr\u00fc\u00dfe, \u4f60\u597d \u05e9\u05dc\u05d5\u05dd \U0001f600": "Gr\u00fc\u00dfe, \u4f60\u597d \u05e9\u05dc\u05d5\u05dd \U0001f600",
		"\x1b[31mred\x1b[0m":              `\x1b[31mred\x1b[0m`,
		"\x1b]0;title\x07":                `\x1b]0;title\x07`,
		"over\rwritten\x08\x7f\x00":       `over\rwritten\x08\x7f\x00`,
		"\u009b2J":                        `\u009b2J`,
		"\x9b2J and \xff":                 `\x9b2J and \xff`,
		"user\u202egnp.exe \u2066x\u2069": `user\u202egnp.exe \u2066x\u2069`,
		"a real \ufffd stays":             "a real \ufffd stays",
		"":                                "",
	} {
		if got := Visible(text); got != want {
			t.Errorf("Visible(%q) is %q, want %q", text, got, want)
		}
	}
}

func TestTerminalTakesCharactersInPieces(t *testing.T) {
	const text = "x\u00e9\u4f60\U0001f600\x1b\u009b."
	for size := 1; size <= len(text); size++ {
		var b bytes.Buffer
		w := NewTerminal(&b)
		for at := 0; at < len(text); at += size {
			piece := text[at:min(at+size, len(text))]
			if n, err := io.WriteString(w, piece); n != len(piece) || err != nil {
				t.Fatalf("wrote %d bytes of %d: %v", n, len(piece), err)
			}
		}
		if got, want := b.String(), Visible(text); got != want {
			t.Errorf("in pieces of %d: %q, want %q", size, got, want)
		}
	}
	var b bytes.Buffer
	w := NewTerminal(&b)
	fmt.Fprint(w, "cut: \xf0\x9f")
	if err := w.Flush(); err != nil || b.String() != `cut: \xf0\x9f` {
		t.Errorf("an unfinished character is shown as %q, %v", b.String(), err)
	}
}

// TestScreenPassesItsOwnCommandsAlone: the live line works, and what is written above or into it cannot do the same.
func TestScreenPassesItsOwnCommandsAlone(t *testing.T) {
	var b bytes.Buffer
	s := NewScreen(&b, true)
	s.Live("reading \x1b[2Ja")
	fmt.Fprint(s, "news of \x1b]0;b\x07\n")
	fmt.Fprint(s.Styled(), "\x1b[36mour own\x1b[0m\n")
	s.Live("")
	want := "\r\x1b[Kreading \\x1b[2Ja" + "\r\x1b[Knews of \\x1b]0;b\\x07\nreading \\x1b[2Ja" +
		"\r\x1b[K\x1b[36mour own\x1b[0m\nreading \\x1b[2Ja" + "\r\x1b[K"
	if b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
	b.Reset()
	fmt.Fprint(NewScreen(&b, false), "news of \x1b]0;b\x07\n")
	if b.String() != "news of \x1b]0;b\x07\n" {
		t.Errorf("a pipe does not get what was written: %q", b.String())
	}
}
