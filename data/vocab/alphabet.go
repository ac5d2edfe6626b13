package vocab

import (
	"cmp"
	"slices"
	"unicode/utf8"
)

// characters are the characters of a text, with how often each occurs and whether it ever
// continues a word.
type characters map[rune]*character

type character struct {
	rune      rune
	count     int64
	continues bool
}

// add counts the characters of a word that occurs count times.
func (c characters) add(word []byte, count int64) {
	for at := 0; at < len(word); {
		r, size := utf8.DecodeRune(word[at:])
		known := c[r]
		if known == nil {
			known = &character{rune: r}
			c[r] = known
		}
		known.count += count
		known.continues = known.continues || at > 0
		at += size
	}
}

// alphabet returns the limit most frequent characters (all when limit is 0), in the order of
// code points. Of characters that are equally frequent the lower code points stay.
func (c characters) alphabet(limit int) []*character {
	kept := make([]*character, 0, len(c))
	for _, known := range c {
		kept = append(kept, known)
	}
	byRune := func(a, b *character) int { return cmp.Compare(a.rune, b.rune) }
	if limit > 0 && len(kept) > limit {
		slices.SortFunc(kept, func(a, b *character) int {
			return cmp.Or(cmp.Compare(b.count, a.count), byRune(a, b))
		})
		kept = kept[:limit]
	}
	slices.SortFunc(kept, byRune)
	return kept
}
