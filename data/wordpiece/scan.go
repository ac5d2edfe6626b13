package wordpiece

import (
	"math/bits"
	"slices"
	"unicode/utf8"
	"unsafe"
)

// The scan goes over a text in blocks of 64 bytes. Eight bytes at a time are turned into bits that
// say where ASCII white space and punctuation is; between two of those lies a span, most often a
// word, which is looked up as it stands. There is no branch on characters, which a processor could
// not guess: a span, its separator and an empty span between two separators take the same path.

const (
	block = 64
	// After a block's beginning so many bytes must be readable: a span that begins at its end is
	// loaded in full.
	reach = block + shortSpan
	// The last bytes of a text are copied to where there are enough after them.
	tailSize = 2*block + shortSpan
	// More ids than can come from a block and a short span before it, even where one character
	// becomes several; ids are written four at a time.
	perBlock = 2 * reach

	ones  = 0x0101010101010101
	highs = 0x8080808080808080
	// Multiplying bits at the lowest place of each byte by this collects them in the top byte.
	collect = 0x0102040810204080
)

// separator is what an ASCII character between spans does: it adds n ids, 0 or 1. A negative n is a
// control character, which does not separate.
type separator struct {
	id, n int32
}

// separators of an engine; those of letters and digits are never used.
func (t *behaviors) separators() *[utf8.RuneSelf]separator {
	var all [utf8.RuneSelf]separator
	for c, b := range t.ascii {
		switch b.kind() {
		case alone:
			all[c] = separator{b.id(), 1}
		case blank:
		default:
			all[c].n = -1
		}
	}
	return &all
}

// separating has the high bit of each byte set that is ASCII and neither letter nor digit.
func separating(x uint64) uint64 {
	low := x & (0x7F * ones)
	folded := low | 0x20*ones
	letters := (folded + (0x80-'a')*ones) &^ (folded + (0x80-'z'-1)*ones)
	digits := (low + (0x80-'0')*ones) &^ (low + (0x80-'9'-1)*ones)
	return ^(letters | digits | x) & highs
}

// separators64 has a bit for each separating byte of a block.
func separators64(p unsafe.Pointer) uint64 {
	var m uint64
	for i := range uintptr(block / 8) {
		x := *(*uint64)(unsafe.Add(p, 8*i))
		m |= (separating(x) >> 7 * collect) >> 56 << (8 * i)
	}
	return m
}

// masks keep the first n bytes of two numbers.
var masks = func() (m [shortSpan + 1][2]uint64) {
	for n := range m {
		m[n] = [2]uint64{1<<(8*min(n, 8)) - 1, 1<<(8*max(n-8, 0)) - 1}
	}
	return m
}()

// appendIDs appends the ids of text, in which no added token is looked for.
func (e *engine) appendIDs(dst []int32, text string) []int32 {
	w := e.workers.Get().(*worker)
	for len(text) > 0 {
		at := 0
		if len(text) < 2*block {
			dst, at = e.scanIDs(w, dst, w.pad(text), len(text)+1)
			text = text[min(at, len(text)):]
			continue
		}
		dst, at = e.scanIDs(w, dst, text, blocks(text))
		if text = text[at:]; len(text) >= 2*block {
			at = e.endOfLong(text)
			dst = e.appendSpans(w, dst, text[:at])
			text = text[at:]
		}
	}
	e.workers.Put(w)
	return dst
}

// blocks is how far the scan may look for separators in a text.
func blocks(text string) int {
	return (len(text)-reach)/block*block + block
}

// endOfLong returns where an ASCII character ends a span that was too long for the scan.
func (e *engine) endOfLong(text string) int {
	for at := range len(text) {
		if c := text[at]; c < utf8.RuneSelf && e.does.ascii[c].ends() {
			return at
		}
	}
	return len(text)
}

// pad copies the last bytes of a text to where the scan can read blanks after them.
func (w *worker) pad(text string) string {
	n := copy(w.padded[:], text)
	blanks := w.padded[n:]
	for i := range blanks {
		blanks[i] = ' '
	}
	return unsafe.String(&w.padded[0], len(w.padded))
}

// scanIDs appends the ids of what ends before a separator that lies before end, and returns the
// place after the last such separator, or after the last span that a control character is in.
// Up to end rounded up to a block, and shortSpan bytes more, the text must be readable.
func (e *engine) scanIDs(w *worker, dst []int32, text string, end int) ([]int32, int) {
	p := unsafe.Pointer(unsafe.StringData(text))
	start := 0
	for base := 0; base < end; base += block {
		m := separators64(unsafe.Add(p, base))
		if end-base < block {
			m &= 1<<(end-base) - 1
		}
		dst = room(dst)
		out, n := unsafe.Pointer(unsafe.SliceData(dst)), len(dst)
		for ; m != 0; m &= m - 1 {
			at := base + bits.TrailingZeros64(m)
			sep := e.seps[text[at]&0x7F]
			length := uint(at - start)
			if length <= shortSpan && sep.n >= 0 {
				mask := &masks[length]
				low := *(*uint64)(unsafe.Add(p, start)) & mask[0]
				high := *(*uint64)(unsafe.Add(p, start+8)) & mask[1]
				s := &w.short[shortSlot(low, high)]
				if s.low == low && s.high == high && s.data[3] >= 0 {
					*(*[4]int32)(unsafe.Add(out, 4*n)) = s.data
					n += int(s.data[3] & layoutCount)
					*(*int32)(unsafe.Add(out, 4*n)) = sep.id
					n += int(sep.n)
					start = at + 1
					continue
				}
			}
			if sep.n < 0 {
				at = e.does.endOfSpan(text, at)
			}
			dst = e.appendSpans(w, dst[:n], text[start:at])
			if sep.n < 0 {
				return dst, at
			}
			dst = room(dst)
			out, n = unsafe.Pointer(unsafe.SliceData(dst)), len(dst)
			*(*int32)(unsafe.Add(out, 4*n)) = sep.id
			n += int(sep.n)
			start = at + 1
		}
		dst = dst[:n]
	}
	return dst, start
}

// room makes sure that the ids of a block can be written without looking.
func room(dst []int32) []int32 {
	if cap(dst)-len(dst) < perBlock {
		dst = slices.Grow(dst, perBlock)
	}
	return dst
}
