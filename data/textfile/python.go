package textfile

import (
	"strings"
	"unicode"
)

// What is here does to strings what Python's str does: some official programs are written in Python, and their results depend on it.

// Split is Python's str.split without an argument: the parts between runs of white space.
func Split(s string) []string { return strings.FieldsFunc(s, IsSpace) }

// IsSpace is Python's str.isspace of one character: Unicode's white space and the four separators of ASCII.
func IsSpace(c rune) bool { return unicode.IsSpace(c) || c >= 0x1c && c <= 0x1f }

// IsWord reports whether \w of Python's module re matches a character: letters, numbers and the underscore, but no marks.
func IsWord(c rune) bool { return c == '_' || unicode.IsLetter(c) || unicode.IsNumber(c) }

// Lower is Python's str.lower: one character for one, but for the dotted capital i, which becomes two, and the sigma, which has a
// form of its own at the end of a word (Unicode, section 3.13, Final_Sigma).
func Lower(s string) string {
	if !strings.ContainsAny(s, "\u03a3\u0130") {
		return strings.ToLower(s)
	}
	var lower strings.Builder
	runes := []rune(s)
	for i, c := range runes {
		switch {
		case c == '\u0130':
			lower.WriteString("i\u0307")
		case c == '\u03a3' && endsWord(runes, i):
			lower.WriteRune('\u03c2')
		default:
			lower.WriteRune(unicode.ToLower(c))
		}
	}
	return lower.String()
}

// endsWord reports whether a letter with case stands before place i, and none behind it, when those that case ignores are passed
// over.
func endsWord(s []rune, i int) bool {
	before, behind := i-1, i+1
	for before >= 0 && ignoredByCase(s[before]) {
		before--
	}
	for behind < len(s) && ignoredByCase(s[behind]) {
		behind++
	}
	return before >= 0 && hasCase(s[before]) && (behind == len(s) || !hasCase(s[behind]))
}

// hasCase is the property Cased.
func hasCase(c rune) bool {
	return unicode.In(c, unicode.Lu, unicode.Ll, unicode.Lt, unicode.Other_Lowercase, unicode.Other_Uppercase)
}

// ignoredByCase is the property Case_Ignorable: marks, modifiers, formats, and what joins the letters of a word, such as an
// apostrophe.
func ignoredByCase(c rune) bool {
	const joiners = "'.:\u00b7\u0387\u055f\u05f4\u2018\u2019\u2024\u2027\ufe13\ufe52\ufe55\uff07\uff0e\uff1a"
	return unicode.In(c, unicode.Mn, unicode.Me, unicode.Cf, unicode.Lm, unicode.Sk) || strings.ContainsRune(joiners, c)
}
