package corpus

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// ends decides whether a sentence ends at the candidate.
func (c *candidate) ends() bool {
	if c.after >= len(c.text) {
		return true
	}
	first, word, spaced := c.next()
	if c.kind == wide {
		// A Japanese sentence goes on where a particle follows the quotation.
		return c.close != '」' && c.close != '』' || !unicode.Is(unicode.Hiragana, first)
	}
	if !spaced {
		return false // 3.14, example.org, "Yahoo!'s"
	}
	if unicode.IsLower(first) {
		return false // "Yahoo! was", "etc. and", '"Why?" he asked'
	}
	if c.kind != stop {
		return unicode.IsLetter(first) || unicode.IsNumber(first) || unicode.IsSymbol(first)
	}
	if strings.IndexByte(",;:.!?)", byte(min(first, utf8.RuneSelf))) >= 0 {
		return false
	}
	return c.stopEnds(first, word)
}

// stopEnds decides about a full stop before white space and something that is no small letter.
func (c *candidate) stopEnds(first rune, word string) bool {
	last := c.lastWord()
	if last == "" || c.close != 0 && c.close != '\'' && c.close != '’' {
		return true // a bracket or quote stands between: '... (see above). The', '"Stop." He'
	}
	starter := isStarter(word)
	switch letters := strings.TrimRight(last, "."); {
	case isTitle(last):
		return false // "Dr. Smith"
	case isBeforeNumber(last) && unicode.IsNumber(first):
		return false // "No. 5", "pp. 3"
	case utf8.RuneCountInString(letters) == 1 && unicode.IsUpper(firstRune(letters)):
		// An initial: "J. Smith". As the last word of a sentence it is rare: "vitamin C. The".
		return starter
	case strings.Contains(letters, ".") && isDotted(letters):
		return starter // "U.S. Army", "U.S. The"
	case isAbbreviation(last):
		return starter // "Inc. The", "Inc. Magazine"
	case c.isNumbering(letters):
		return false // "1. First"
	}
	return true
}

// lastWord returns the word before the mark, inner full stops included.
func (c *candidate) lastWord() string {
	sentence := c.text[c.begin:c.mark]
	at := strings.LastIndexFunc(sentence, func(r rune) bool {
		return unicode.IsSpace(r) || opens(r) || r == '/' || closes(r) && r != '\'' && r != '’'
	})
	if at >= 0 {
		_, size := utf8.DecodeRuneInString(sentence[at:])
		at += size
	}
	return sentence[max(at, 0):]
}

// isNumbering recognises "1." and "a." where a sentence would hold nothing else.
func (c *candidate) isNumbering(last string) bool {
	if len(last) > 3 || strings.TrimSpace(c.text[c.begin:c.mark]) != last {
		return false
	}
	return strings.IndexFunc(last, func(r rune) bool { return !unicode.IsNumber(r) }) < 0
}

// isDotted recognises letters with full stops between them: U.S, a.m, Ph.D.
func isDotted(word string) bool {
	for part := range strings.SplitSeq(word, ".") {
		if n := utf8.RuneCountInString(part); n == 0 || n > 2 {
			return false
		}
		if strings.IndexFunc(part, func(r rune) bool { return !unicode.IsLetter(r) }) >= 0 {
			return false
		}
	}
	return true
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}
