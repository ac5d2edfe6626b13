package wordpiece

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// An AddedToken is found in a text before it is cut into words, and is never cut itself. Special tokens are such.
type AddedToken struct {
	Content    string
	SingleWord bool // not inside a word
	LStrip     bool // takes the white space before it too
	RStrip     bool // takes the white space after it too
	Normalized bool // is looked for in the normalized text, in normalized form
	Special    bool // is left out by Decode where that is asked for
}

// SpecialToken returns an added token as special tokens usually are: found as it is written, anywhere.
func SpecialToken(content string) AddedToken {
	return AddedToken{Content: content, Special: true}
}

// A matcher finds added tokens: the leftmost, and of those that begin there the longest.
type matcher struct {
	tokens  map[string]foundToken
	lengths [256][]int // of the patterns that begin with a byte, the longest first
	firsts  []byte     // those bytes
}

// foundToken is what a matcher knows of a pattern.
type foundToken struct {
	id int32
	AddedToken
}

// add is the matcher, nil at first, that also finds a pattern as a token. Of equal patterns the first counts.
func (m *matcher) add(pattern string, token foundToken) *matcher {
	if m == nil {
		m = &matcher{tokens: map[string]foundToken{}}
	}
	if _, there := m.tokens[pattern]; there || pattern == "" {
		return m
	}
	m.tokens[pattern] = token
	lengths := &m.lengths[pattern[0]]
	if *lengths == nil {
		m.firsts = append(m.firsts, pattern[0])
	}
	if !slices.Contains(*lengths, len(pattern)) {
		*lengths = append(*lengths, len(pattern))
		slices.SortFunc(*lengths, func(a, b int) int { return b - a })
	}
	return m
}

// find returns the first occurrence of a pattern at or after a place.
func (m *matcher) find(text string, from int) (start, stop int, token foundToken, ok bool) {
	for {
		i := m.candidate(text, from)
		if i < 0 {
			return 0, 0, foundToken{}, false
		}
		for _, n := range m.lengths[text[i]] {
			if n > len(text)-i {
				continue
			}
			if token, ok := m.tokens[text[i:i+n]]; ok {
				return i, i + n, token, true
			}
		}
		from = i + 1
	}
}

// candidate returns the first place with a byte that a pattern begins with.
func (m *matcher) candidate(text string, from int) int {
	if from >= len(text) {
		return -1
	}
	if len(m.firsts) == 1 {
		if i := strings.IndexByte(text[from:], m.firsts[0]); i >= 0 {
			return from + i
		}
		return -1
	}
	for i := from; i < len(text); i++ {
		if m.lengths[text[i]] != nil {
			return i
		}
	}
	return -1
}

// A finder walks through the added tokens of a text.
type finder struct {
	m       *matcher
	text    string
	special bool // special tokens are text like any other
	scanned int  // no pattern begins before it that was not seen
	done    int  // end of the token before
}

// next returns the range of the next added token, white space that it takes included.
func (f *finder) next() (start, stop int, token foundToken, ok bool) {
	if f.m == nil {
		return 0, 0, foundToken{}, false
	}
	for {
		start, stop, token, ok = f.m.find(f.text, f.scanned)
		if !ok {
			return 0, 0, foundToken{}, false
		}
		f.scanned = stop
		if f.special && token.Special {
			continue
		}
		if token.SingleWord && (endsWithWord(f.text[:start]) || startsWithWord(f.text[stop:])) {
			continue
		}
		if token.LStrip {
			start = max(len(strings.TrimRightFunc(f.text[:start], unicode.IsSpace)), f.done)
		}
		if token.RStrip {
			stop = len(f.text) - len(strings.TrimLeftFunc(f.text[stop:], unicode.IsSpace))
		}
		f.done = stop
		return start, stop, token, true
	}
}

func endsWithWord(s string) bool {
	r, n := utf8.DecodeLastRuneInString(s)
	return n > 0 && isWord(r)
}

func startsWithWord(s string) bool {
	r, n := utf8.DecodeRuneInString(s)
	return n > 0 && isWord(r)
}

// isWord is the regular expression \w of Unicode Technical Standard 18: letters, marks, decimal digits, connectors and joiners.
func isWord(r rune) bool {
	return unicode.In(r, unicode.L, unicode.M, unicode.Nl, unicode.Nd, unicode.Pc, unicode.Other_Alphabetic, unicode.Join_Control)
}
