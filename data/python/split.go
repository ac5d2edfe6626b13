package python

import (
	"strings"
	"unicode"
)

// Split is str.split without an argument: the parts between runs of white space.
func Split(s string) []string { return strings.FieldsFunc(s, IsSpace) }

// IsSpace is str.isspace of one character: Unicode's white space and the four separators of ASCII.
func IsSpace(c rune) bool { return unicode.IsSpace(c) || c >= 0x1c && c <= 0x1f }

// IsWord reports whether \w of module re matches a character: letters, numbers and the underscore, but no marks.
func IsWord(c rune) bool { return c == '_' || unicode.IsLetter(c) || unicode.IsNumber(c) }
