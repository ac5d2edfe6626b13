package wordpiece

import "unicode/utf8"

// decode returns the first code point of text, which is not empty, and how many bytes it takes.
//
// Invalid UTF-8 becomes U+FFFD as Python's errors="replace" and the Unicode standard do it: one for
// each maximal part that could have begun a code point. Go's utf8 package takes a byte each.
func decode(text string) (r rune, size int) {
	if c := text[0]; c < utf8.RuneSelf {
		return rune(c), 1
	}
	r, size = utf8.DecodeRuneInString(text)
	if r == utf8.RuneError && size == 1 {
		size = maximalPart(text)
	}
	return r, size
}

// maximalPart returns the length of the invalid beginning of text that one U+FFFD stands for.
func maximalPart(text string) int {
	lead := text[0]
	low, high := byte(0x80), byte(0xBF) // What the second byte may be.
	length := 0
	switch {
	case lead < 0xE0 || lead > 0xF4:
		return 1 // No beginning, or one of two bytes whose second one is wrong or missing.
	case lead < 0xF0:
		length = 3
	default:
		length = 4
	}
	switch lead {
	case 0xE0:
		low = 0xA0
	case 0xED:
		high = 0x9F
	case 0xF0:
		low = 0x90
	case 0xF4:
		high = 0x8F
	}
	n := 1
	for n < length && n < len(text) && text[n] >= low && text[n] <= high {
		low, high = 0x80, 0xBF
		n++
	}
	return n
}
