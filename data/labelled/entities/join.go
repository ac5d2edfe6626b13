package entities

import (
	"strings"

	"gobert/data/wordpiece"
)

// join is the reference's decoder of word pieces: a piece with a mark goes on the one before it, others follow a blank that
// punctuation swallows.
func join(pieces []string) string {
	var b strings.Builder
	for i, p := range pieces {
		if i > 0 {
			if rest, ok := strings.CutPrefix(p, "##"); ok {
				p = rest
			} else {
				p = " " + p
			}
		}
		b.WriteString(wordpiece.CleanPiece(p))
	}
	return b.String()
}
