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
	// So many bytes are looked through before the first of them is looked up.
	window = 4 * block
	// After the text that is scanned so many bytes must be readable, to load a span in full.
	// Shorter texts are copied to where they are.
	reach    = window + shortSpan
	padded   = window + block + shortSpan
	maxProbe = window + block

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
	return separators8(p, 0) | separators8(p, 8)<<8 | separators8(p, 16)<<16 | separators8(p, 24)<<24 |
		separators8(p, 32)<<32 | separators8(p, 40)<<40 | separators8(p, 48)<<48 | separators8(p, 56)<<56
}

// separators8 has a bit for each separating byte of eight.
func separators8(p unsafe.Pointer, at uintptr) uint64 {
	return separating(*(*uint64)(unsafe.Add(p, at))) >> 7 * collect >> 56
}

// masks keep the first n bytes of two numbers.
var masks = func() (m [shortSpan + 1][2]uint64) {
	for n := range m {
		m[n] = [2]uint64{1<<(8*min(n, 8)) - 1, 1<<(8*max(n-8, 0)) - 1}
	}
	return m
}()

// probe is a span before a separator, ready to be looked up.
type probe struct {
	low, high uint64
	set       uint32 // tooLong: it has no place in the cache.
	end       uint32 // Where its separator is.
}

const tooLong = 1 << setBits

// probes are the spans of a window.
type probes struct {
	list    [maxProbe]probe
	touched uint64
}

// find gathers the spans that end before a separator that lies before end, and returns their number.
// Each span's place in the cache is read already here, one after the other without waiting: most of
// the time goes into those reads, and a processor does a dozen at once if nothing holds it up.
func (l *probes) find(sets *[1 << setBits]set, p unsafe.Pointer, end int) int {
	n, start := 0, 0
	touched := uint64(0)
	for base := 0; base < end; base += block {
		m := separators64(unsafe.Add(p, base))
		if end-base < block {
			m &= 1<<uint(end-base) - 1
		}
		for ; m != 0; m &= m - 1 {
			at := base + bits.TrailingZeros64(m)
			q := &l.list[n]
			n++
			q.end = uint32(at)
			length := uint(at - start)
			if length > shortSpan {
				q.set = tooLong
				start = at + 1
				continue
			}
			mask := &masks[length]
			q.low = *(*uint64)(unsafe.Add(p, start)) & mask[0]
			q.high = *(*uint64)(unsafe.Add(p, start+8)) & mask[1]
			number := setOf(q.low, q.high)
			q.set = uint32(number)
			touched ^= sets[number][0].low
			start = at + 1
		}
	}
	l.touched = touched
	return n
}

// appendIDs appends the ids of text, in which no added token is looked for.
func (e *engine) appendIDs(dst []int32, text string) []int32 {
	w := e.workers.Get().(*worker)
	for len(text) > 0 {
		at := 0
		if len(text) < reach {
			dst, at = e.scanIDs(w, dst, w.pad(text), len(text)+1)
			text = text[min(at, len(text)):]
			continue
		}
		dst, at = e.scanIDs(w, dst, text, window)
		if at == 0 {
			at = e.endOfLong(text)
			dst = e.appendSpans(w, dst, text[:at])
		}
		text = text[at:]
	}
	e.workers.Put(w)
	return dst
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

// pad copies the last bytes of a text to where the scan can read beyond them; a blank ends them.
func (w *worker) pad(text string) string {
	n := copy(w.padded[:], text)
	w.padded[n] = ' '
	return unsafe.String(&w.padded[0], n+1)
}

// scanIDs appends the ids of what ends before a separator that lies before end, and returns the
// place after the last such separator, or after the last span that a control character is in.
// Up to end rounded up to a block, and shortSpan bytes more, the memory must be readable.
func (e *engine) scanIDs(w *worker, dst []int32, text string, end int) ([]int32, int) {
	count := w.probes.find(w.sets, unsafe.Pointer(unsafe.StringData(text)), end)
	start := 0
	for i := 0; i < count; i++ {
		dst = room(dst, count-i)
		i, dst = e.idsOfHits(w, dst, text, i, count)
		if i > 0 {
			start = int(w.list[i-1].end) + 1
		}
		if i == count {
			break
		}
		at := int(w.list[i].end)
		sep := e.seps[text[at]&0x7F]
		if sep.n < 0 {
			at = e.does.endOfSpan(text, at)
			return e.appendSpans(w, dst, text[start:at]), at
		}
		dst = e.appendMiss(w, dst, &w.list[i], text[start:at])
		if sep.n > 0 {
			dst = append(dst, sep.id)
		}
		start = at + 1
	}
	return dst, start
}

// idsOfHits appends the ids of spans that the cache has, and of the separators after them, until one
// is not there. It is small so that all it works with stays in registers.
func (e *engine) idsOfHits(w *worker, dst []int32, text string, from, count int) (int, []int32) {
	p := unsafe.Pointer(unsafe.StringData(text))
	out := unsafe.Pointer(unsafe.SliceData(dst))
	n := len(dst)
	sets, seps := w.sets, e.seps
	list := w.list[:count]
	i := from
	for ; i < len(list); i++ {
		q := &list[i]
		sep := seps[*(*byte)(unsafe.Add(p, q.end))&0x7F]
		s := &sets[q.set&(tooLong-1)][0]
		if s.low != q.low || s.high != q.high || s.data[3]|sep.n < 0 || q.set == tooLong {
			break
		}
		*(*[4]int32)(unsafe.Add(out, 4*n)) = s.data
		n += int(s.data[3] & layoutCount)
		*(*int32)(unsafe.Add(out, 4*n)) = sep.id
		n += int(sep.n)
	}
	return i, dst[:n]
}

// appendMiss appends the ids of a span that is not in its first place in the cache.
func (e *engine) appendMiss(w *worker, dst []int32, q *probe, span string) []int32 {
	if s := e.second(w, q, span); s != nil {
		return w.appendShort(dst, s)
	}
	return e.appendSpans(w, dst, span)
}

// second returns the entry of a span that is not in its first place: out of the second, or made anew.
// It is nil where the span should be taken character by character.
func (e *engine) second(w *worker, q *probe, span string) *short {
	if q.set == tooLong {
		return nil
	}
	if s := w.cache.find(q.low, q.high); s != nil {
		return s
	}
	if (q.low|q.high)&highs == 0 && e.rules.MaxWord >= shortSpan {
		if s := e.cutPlain(w, q, len(span)); s != nil {
			return s
		}
	} else if lead := span[0]; lead >= 0xE3 && lead <= 0xE9 {
		return nil // Chinese characters most likely, whose ids are at hand and whose rows do not repeat.
	}
	words := e.cut(w, span)
	w.made = w.rememberShort(q.low, q.high, w.pieces, words)
	return &w.made
}

// room makes sure that the ids of so many spans can be written without looking.
func room(dst []int32, spans int) []int32 {
	const perSpan = 4 // Three ids and a separator's; four are written at once.
	if cap(dst)-len(dst) < spans*perSpan+perSpan {
		dst = slices.Grow(dst, spans*perSpan+perSpan)
	}
	return dst
}
