package wordpiece

import (
	_ "embed" // for the tables
	"strconv"
	"strings"
	"sync"
)

// tables are written by testdata/tables.py: a head, then what readCodePoints unpacks, each part under a line that says what it is.
//
//go:embed tables.txt
var tables string

// class is what the reference knows of a code point: bits of its behaviour, and above them its
// canonical combining class.
type class uint16

const (
	removed      class = 1 << iota // Cleaning drops it.
	becomesSpace                   // Cleaning makes it a space.
	chinese                        // It is a Chinese character of BERT's eight ranges.
	separates                      // It is white space between words.
	punctuation                    // It is a word of its own.
	mark                           // It is a nonspacing mark, an accent.
)

// combining is the canonical combining class, by which marks after a letter are sorted.
func (c class) combining() uint8 { return uint8(c >> 8) }

const (
	maxRune  = 0x10FFFF
	pageBits = 8
	pageSize = 1 << pageBits
	pages    = (maxRune + 1) / pageSize

	hangulFirst = 0xAC00
	hangulLast  = 0xD7A3
	hangulTails = 28  // Syllables that share their first two letters.
	hangulRow   = 588 // Syllables that share their first letter.
)

// codePoints is the generated knowledge about each code point, unpacked.
type codePoints struct {
	page    [pages]uint16
	classes [][pageSize]class
	full    map[rune][]rune // canonical decompositions in full, without Hangul
	lower   map[rune][]rune
}

// class of a code point.
func (c *codePoints) class(r rune) class {
	return c.classes[c.page[r>>pageBits]][r&(pageSize-1)]
}

// decompose appends the canonical decomposition of a code point, which most often is itself.
func (c *codePoints) decompose(dst []rune, r rune) []rune {
	if r < 0xC0 {
		return append(dst, r)
	}
	if r >= hangulFirst && r <= hangulLast {
		i := r - hangulFirst
		dst = append(dst, 0x1100+i/hangulRow, 0x1161+i%hangulRow/hangulTails)
		if i%hangulTails != 0 {
			dst = append(dst, 0x11A7+i%hangulTails)
		}
		return dst
	}
	if d, ok := c.full[r]; ok {
		return append(dst, d...)
	}
	return append(dst, r)
}

// lowered appends the lower-case form of a code point.
func (c *codePoints) lowered(dst []rune, r rune) []rune {
	if l, ok := c.lower[r]; ok {
		return append(dst, l...)
	}
	return append(dst, r)
}

// knownCodePoints are the tables. All engines of a process read the same ones.
var knownCodePoints = sync.OnceValue(readCodePoints)

// readCodePoints unpacks the tables. Equal pages are stored once.
func readCodePoints() *codePoints {
	parts := strings.Split(tables, "\n\n")
	for i := range parts {
		_, parts[i], _ = strings.Cut(parts[i], "\n")
	}
	c := &codePoints{full: readMappings(parts[2]), lower: readMappings(parts[3])}
	known := map[[pageSize]class]uint16{}
	var page [pageSize]class
	at := 0
	for run := range strings.FieldsSeq(parts[1]) {
		length, value, _ := strings.Cut(run, ":")
		for range hex(length) {
			page[at%pageSize] = class(hex(value))
			if at++; at%pageSize != 0 {
				continue
			}
			index, ok := known[page]
			if !ok {
				index = uint16(len(c.classes))
				known[page] = index
				c.classes = append(c.classes, page)
			}
			c.page[at/pageSize-1] = index
		}
	}
	return c
}

// readMappings unpacks from=to+to entries.
func readMappings(text string) map[rune][]rune {
	m := map[rune][]rune{}
	for entry := range strings.FieldsSeq(text) {
		from, to, _ := strings.Cut(entry, "=")
		var out []rune
		for part := range strings.SplitSeq(to, "+") {
			out = append(out, hex(part))
		}
		m[hex(from)] = out
	}
	return m
}

// hex reads a number of a table; a test reads all of them.
func hex(s string) rune {
	n, err := strconv.ParseUint(s, 16, 21)
	if err != nil {
		panic("wordpiece: tables.txt: " + err.Error())
	}
	return rune(n)
}
