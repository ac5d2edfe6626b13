package labelled

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Locate places an answer that a file says to stand at character start of the context. The fault names where it really is.
func Locate(at Origin, context, text string, start int) (Answer, error) {
	byteStart := ByteOffset(context, start)
	if start < 0 || byteStart < 0 || !strings.HasPrefix(context[byteStart:], text) {
		found := "<beyond the end>"
		if start >= 0 && byteStart >= 0 {
			end := ByteOffset(context[byteStart:], utf8.RuneCountInString(text))
			if end < 0 {
				end = len(context) - byteStart
			}
			found = context[byteStart : byteStart+end]
		}
		hint := "the context does not contain it at all"
		if k := strings.Index(context, text); k >= 0 {
			hint = "the first place that has it is character " + strconv.Itoa(utf8.RuneCountInString(context[:k]))
		}
		return Answer{}, Fault(at, "the answer %q is not where the file says: character %d of the context has %q", text, start, found).
			Advise("%s; positions count characters, not bytes", hint)
	}
	return Answer{Text: text, Start: start, Byte: byteStart}, nil
}

// ByteOffset is the byte at which character n of s begins, len(s) for the one behind the last, or -1 beyond.
func ByteOffset(s string, n int) int {
	if n < 0 {
		return -1
	}
	for i := range s {
		if n == 0 {
			return i
		}
		n--
	}
	if n == 0 {
		return len(s)
	}
	return -1
}
