package textfile

import (
	"slices"
	"testing"
)

// Expected values are those of Python 3.11's str.lower.
func TestLowerCase(t *testing.T) {
	tests := map[string]string{
		"ABC":                       "abc",
		"\u0130X":                   "i\u0307x",
		"\u039f\u03a3":              "\u03bf\u03c2",
		"\u03a3\u0391":              "\u03c3\u03b1",
		"\u03a3":                    "\u03c3",
		"A\u03a3'":                  "a\u03c2'",
		"A\u03a3'A":                 "a\u03c3'a",
		"\u00ad\u0345\u00ad\u03a3:": "\u00ad\u0345\u00ad\u03c3:",
	}
	for s, want := range tests {
		if got := Lower(s); got != want {
			t.Errorf("%+q: got %+q, want %+q", s, got, want)
		}
	}
}

func TestSplit(t *testing.T) {
	got := Split("\u2003a\x1cb\u00a0c\u200bd\u3000\t\u0085")
	if want := []string{"a", "b", "c\u200bd"}; !slices.Equal(got, want) {
		t.Errorf("got %+q, want %+q", got, want)
	}
	for c, want := range map[rune]bool{'a': true, '_': true, '\u0661': true, '\u00bd': true, '\u4e2d': true, '\u0301': false, '-': false, '\u2019': false} {
		if IsWord(c) != want {
			t.Errorf("IsWord(%+q) is %v", c, !want)
		}
	}
}
