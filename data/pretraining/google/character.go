package google

import "unicode"

// isBlank is the original's _is_whitespace: what becomes a space.
func isBlank(c rune) bool {
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || unicode.Is(unicode.Zs, c)
}

// isControl is the original's _is_control: what is dropped.
func isControl(c rune) bool {
	return c != '\t' && c != '\n' && c != '\r' && unicode.In(c, unicode.Cc, unicode.Cf)
}

// isPunctuation is the original's: ASCII symbols too.
func isPunctuation(c rune) bool {
	switch {
	case c >= 33 && c <= 47, c >= 58 && c <= 64, c >= 91 && c <= 96, c >= 123 && c <= 126:
		return true
	}
	return unicode.IsPunct(c)
}

// isChinese tells the ideographs that stand as words of their own.
func isChinese(c rune) bool {
	return c >= 0x4e00 && c <= 0x9fff || c >= 0x3400 && c <= 0x4dbf ||
		c >= 0x20000 && c <= 0x2a6df || c >= 0x2a700 && c <= 0x2b73f ||
		c >= 0x2b740 && c <= 0x2b81f || c >= 0x2b820 && c <= 0x2ceaf ||
		c >= 0xf900 && c <= 0xfaff || c >= 0x2f800 && c <= 0x2fa1f
}
