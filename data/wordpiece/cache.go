package wordpiece

import (
	"encoding/binary"
	"math/bits"
	"strings"
)

// Most words of a text have been seen before. A cache remembers the pieces of spans by their raw
// bytes, before normalization, so a span that is found costs no look at its characters at all.
// A short span has two places to be, side by side: the first for what was seen often, the second for
// what is new or had to go, so that rare words push out rare words. Long spans have one place.
const (
	setBits   = 15
	shortSpan = 16 // Bytes that a short entry's key holds.
	longBits  = 13
	longSpan  = 255 // Longer spans are not remembered.

	arenaPieces = 1 << 17
	arenaBytes  = 1 << 20

	// Odd constants that spread keys over the table: the golden ratio's bits, and another.
	spread1 = 0x9E3779B97F4A7C15
	spread2 = 0xD6E8FEB86659FD93
)

// short is a remembered span of at most 16 bytes, padded with zeros. A span never has a zero byte.
type short struct {
	low, high uint64
	// data are three ids and their layout, or the place in the arena, the number of pieces and of
	// words, and a negative layout. Four ids are copied at once, whatever the number.
	data [4]int32
}

// set is the places for spans with equal hashes; it fills a line of the processor's cache.
type set [2]short

// A layout says how many pieces there are, where each ends, and where new words begin; each piece
// starts where the one before it ends.
const (
	layoutCount = 1<<2 - 1 // Pieces, 0 to 3.
	layoutEnd   = 2        // Then three ends of endBits bits.
	endBits     = 5
	endMask     = 1<<endBits - 1
	layoutWord  = layoutEnd + 3*endBits // Then whether piece 2 and 3 begin a word.
	layoutWords = layoutWord + 2        // Then the number of words.
	inArena     = -1 << 31
)

// long is a remembered span of 17 to 255 bytes.
type long struct {
	hash   uint64
	bytes  uint32 // Where the arena of bytes has it.
	pieces uint32 // Where the arena of pieces has them.
	length uint8
	count  uint8
	words  uint8
}

// packed is a piece in the arena.
type packed struct {
	id               int32
	start, end, word uint8
}

type cache struct {
	sets  *[1 << setBits]set
	long  *[1 << longBits]long
	kept  []packed
	bytes []byte
}

func newCache() cache {
	return cache{
		sets:  new([1 << setBits]set),
		long:  new([1 << longBits]long),
		kept:  make([]packed, 0, arenaPieces),
		bytes: make([]byte, 0, arenaBytes),
	}
}

// setOf is the set of a key. The empty span is always found, in set 0, whose first place no other
// span takes.
func setOf(low, high uint64) uint64 {
	return (low*spread1 + high*spread2) >> (64 - setBits)
}

// shortKey is a span of 1 to 16 bytes as two numbers.
func shortKey(span string) (low, high uint64) {
	n := len(span)
	b := []byte(span)
	switch {
	case n >= 8:
		return binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[n-8:]) >> (8 * (16 - n))
	case n >= 4:
		return uint64(binary.LittleEndian.Uint32(b)) | uint64(binary.LittleEndian.Uint32(b[n-4:]))<<(8*(n-4)), 0
	}
	for i := range n {
		low |= uint64(b[i]) << (8 * i)
	}
	return low, 0
}

// longHash mixes all bytes of a span of at least 8.
func longHash(span string) uint64 {
	b := []byte(span)
	h := uint64(len(b)) * spread2
	for ; len(b) > 8; b = b[8:] {
		high, low := bits.Mul64(binary.LittleEndian.Uint64(b)^h, spread1)
		h = high ^ low
	}
	tail := []byte(span)[len(span)-8:]
	high, low := bits.Mul64(binary.LittleEndian.Uint64(tail)^h, spread2)
	return high ^ low
}

// findShort returns the entry of a span that is short, or nil.
func (c *cache) findShort(span string) *short {
	if len(span) > shortSpan {
		return nil
	}
	if strings.IndexByte(span, 0) >= 0 {
		return nil
	}
	return c.find(shortKey(span))
}

// find returns the entry of a key, or nil. What is in the second place moves to the first.
func (c *cache) find(low, high uint64) *short {
	number := setOf(low, high)
	set := &c.sets[number]
	if s := &set[0]; s.low == low && s.high == high {
		return s
	}
	s := &set[1]
	if s.low != low || s.high != high {
		return nil
	}
	if number != 0 {
		set[0], set[1] = set[1], set[0]
		s = &set[0]
	}
	return s
}

// findLong returns the entry of a span that is long, or nil.
func (c *cache) findLong(span string) *long {
	if len(span) <= shortSpan || len(span) > longSpan {
		return nil
	}
	hash := longHash(span)
	l := &c.long[hash>>(64-longBits)]
	if l.hash != hash || int(l.length) != len(span) || string(c.bytes[l.bytes:int(l.bytes)+len(span)]) != span {
		return nil
	}
	return l
}

// remember stores the pieces of a span, if it can be stored.
func (c *cache) remember(span string, pieces []piece, words int32) {
	switch {
	case len(span) <= shortSpan:
		if strings.IndexByte(span, 0) < 0 {
			low, high := shortKey(span)
			c.rememberShort(low, high, pieces, words)
		}
	case len(span) <= longSpan && len(pieces) <= 255:
		c.rememberLong(span, pieces, words)
	}
}

// rememberShort stores and returns the entry of a span of at most 16 bytes.
func (c *cache) rememberShort(low, high uint64, pieces []piece, words int32) short {
	s := short{low: low, high: high}
	if layout, ok := layoutOf(pieces, words); ok {
		for i, p := range pieces {
			s.data[i] = p.id
		}
		s.data[3] = layout
	} else {
		c.makeRoom(len(pieces), 0)
		s.data = [4]int32{int32(len(c.kept)), int32(len(pieces)), words, inArena}
		c.keep(pieces)
	}
	c.put(s)
	return s
}

// put stores a new entry.
func (c *cache) put(s short) {
	number := setOf(s.low, s.high)
	set := &c.sets[number]
	if number != 0 && set[0] == (short{}) {
		set[0] = s
	} else {
		set[1] = s
	}
}

func (c *cache) rememberLong(span string, pieces []piece, words int32) {
	hash := longHash(span)
	c.makeRoom(len(pieces), len(span))
	c.long[hash>>(64-longBits)] = long{
		hash: hash, bytes: uint32(len(c.bytes)), pieces: uint32(len(c.kept)),
		length: uint8(len(span)), count: uint8(len(pieces)), words: uint8(words),
	}
	c.bytes = append(c.bytes, span...)
	c.keep(pieces)
}

// makeRoom forgets everything if the arenas lack room.
func (c *cache) makeRoom(pieces, bytes int) {
	if len(c.kept)+pieces <= cap(c.kept) && len(c.bytes)+bytes <= cap(c.bytes) {
		return
	}
	clear(c.sets[:])
	clear(c.long[:])
	c.kept, c.bytes = c.kept[:0], c.bytes[:0]
}

// keep puts pieces into the arena.
func (c *cache) keep(pieces []piece) {
	for _, p := range pieces {
		c.kept = append(c.kept, packed{p.id, uint8(p.start), uint8(p.end), uint8(p.word)})
	}
}

// layoutOf describes up to three pieces that follow each other without a gap.
func layoutOf(pieces []piece, words int32) (int32, bool) {
	if len(pieces) > 3 {
		return 0, false
	}
	layout := int32(len(pieces)) | words<<layoutWords
	end, word := int32(0), int32(0)
	for i, p := range pieces {
		if p.start != end {
			return 0, false
		}
		if p.word != word {
			layout |= 1 << (layoutWord + i - 1)
		}
		end, word = p.end, p.word
		layout |= end << (layoutEnd + i*endBits)
	}
	return layout, true
}
