package google

import (
	"bytes"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"gobert/data/textfile"
)

// tokenizer is FullTokenizer of google-research/bert. It differs from Hugging
// Face's in what is white space and control, in lower case, and in the longest
// word it looks at (200 characters, not 100). What stands between two spaces is
// tokenized by itself, so the answer for it is remembered.
//
// Unicode is that of Go and golang.org/x/text (15.0), the original's is that of
// its Python (14.0 for Python 3.11). Over every code point, alone and between
// letters, and 120,000 random strings they differ in characters only that
// Unicode 14.0 did not have.
type tokenizer struct {
	vocab *vocabulary
	lower bool
	known map[string][]int32
	words []string // memory of split
}

// rememberedWords bounds the memory of the tokenizer to some hundred megabytes.
const rememberedWords = 2_000_000

// append appends the ids of a line.
func (t *tokenizer) append(dst []int32, line []byte) []int32 {
	for text := range bytes.SplitSeq(line, []byte(" ")) {
		if len(text) > 0 {
			dst = t.appendKnown(dst, text)
		}
	}
	return dst
}

func (t *tokenizer) appendKnown(dst []int32, text []byte) []int32 {
	if ids, ok := t.known[string(text)]; ok {
		return append(dst, ids...)
	}
	var ids []int32
	t.words = t.split(t.words[:0], string(text))
	for _, word := range t.words {
		ids = t.appendPieces(ids, word)
	}
	if len(t.known) >= rememberedWords {
		clear(t.known)
	}
	t.known[string(text)] = ids
	return append(dst, ids...)
}

// split is BasicTokenizer.tokenize: clean, part Chinese characters, lower
// case without accents, part punctuation.
func (t *tokenizer) split(words []string, text string) []string {
	var clean strings.Builder
	for _, c := range text {
		switch {
		case c == 0 || c == 0xfffd || isControl(c):
		case isBlank(c):
			clean.WriteByte(' ')
		case isChinese(c):
			clean.WriteString(" " + string(c) + " ")
		default:
			clean.WriteRune(c)
		}
	}
	for _, token := range textfile.Split(clean.String()) {
		if t.lower {
			token = stripAccents(textfile.Lower(token))
		}
		start := 0
		for i, c := range token {
			if isPunctuation(c) {
				words = appendWord(words, token[start:i])
				start = i + len(string(c))
				words = append(words, token[i:start])
			}
		}
		words = appendWord(words, token[start:])
	}
	return words
}

func appendWord(words []string, word string) []string {
	if word == "" {
		return words
	}
	return append(words, word)
}

// longestWord is counted in characters; longer ones are unknown.
const longestWord = 200

// appendPieces is WordpieceTokenizer.tokenize: the longest known piece first.
func (t *tokenizer) appendPieces(dst []int32, word string) []int32 {
	if len([]rune(word)) > longestWord {
		return append(dst, t.vocab.unknown)
	}
	start := len(dst)
	prefix := ""
	for rest := word; rest != ""; prefix = "##" {
		id, n := t.longestPiece(prefix, rest)
		if n == 0 {
			return append(dst[:start], t.vocab.unknown)
		}
		dst, rest = append(dst, id), rest[n:]
	}
	return dst
}

func (t *tokenizer) longestPiece(prefix, rest string) (id int32, n int) {
	for n = min(len(rest), t.vocab.longest); n > 0; n-- {
		if n < len(rest) && rest[n]&0xc0 == 0x80 {
			continue // In the middle of a character.
		}
		if id, ok := t.vocab.ids[prefix+rest[:n]]; ok {
			return id, n
		}
	}
	return 0, 0
}

func stripAccents(s string) string {
	return strings.Map(func(c rune) rune {
		if unicode.Is(unicode.Mn, c) {
			return -1
		}
		return c
	}, norm.NFD.String(s))
}
