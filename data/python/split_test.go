package python

import (
	"slices"
	"testing"
)

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
