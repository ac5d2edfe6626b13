package wordpiece

import (
	"math/bits"
	"slices"
	"unsafe"
)

// appendPieces appends the pieces of text. Offsets are bytes of text with base added, words are
// numbered from word on, and the number after the last one is returned.
func (e *engine) appendPieces(p *Pieces, text string, base, word int32) int32 {
	w := e.workers.Get().(*worker)
	for len(text) > 0 {
		at := 0
		if len(text) < 2*block {
			at, word = e.scanPieces(w, p, w.pad(text), len(text)+1, base, word)
			at = min(at, len(text))
		} else {
			at, word = e.scanPieces(w, p, text, blocks(text), base, word)
			if rest := text[at:]; len(rest) >= 2*block {
				end := e.endOfLong(rest)
				word = e.appendSpanPieces(w, p, rest[:end], base+int32(at), word)
				at += end
			}
		}
		text, base = text[at:], base+int32(at)
	}
	e.workers.Put(w)
	return word
}

// output writes pieces to memory that has room for them.
type output struct {
	ids, starts, ends, words unsafe.Pointer
	n                        uintptr
}

func (o *output) put(id, start, end, word int32) {
	*(*int32)(unsafe.Add(o.ids, 4*o.n)) = id
	*(*int32)(unsafe.Add(o.starts, 4*o.n)) = start
	*(*int32)(unsafe.Add(o.ends, 4*o.n)) = end
	*(*int32)(unsafe.Add(o.words, 4*o.n)) = word
}

// room makes sure that the pieces of a block can be written without looking.
func (p *Pieces) room() output {
	n := len(p.IDs)
	for _, s := range [...]*[]int32{&p.IDs, &p.Starts, &p.Ends, &p.Words} {
		if cap(*s)-n < perBlock {
			*s = slices.Grow(*s, perBlock)
		}
	}
	return output{
		unsafe.Pointer(unsafe.SliceData(p.IDs)), unsafe.Pointer(unsafe.SliceData(p.Starts)),
		unsafe.Pointer(unsafe.SliceData(p.Ends)), unsafe.Pointer(unsafe.SliceData(p.Words)), uintptr(n),
	}
}

// cut sets the number of pieces.
func (p *Pieces) cut(n uintptr) {
	p.IDs, p.Starts, p.Ends, p.Words = p.IDs[:n], p.Starts[:n], p.Ends[:n], p.Words[:n]
}

// scanPieces does what scanIDs does, with offsets and word numbers, and returns the place and the
// next word.
func (e *engine) scanPieces(w *worker, pieces *Pieces, text string, end int, offset, word int32) (int, int32) {
	p := unsafe.Pointer(unsafe.StringData(text))
	start := 0
	for base := 0; base < end; base += block {
		m := separators64(unsafe.Add(p, base))
		if end-base < block {
			m &= 1<<(end-base) - 1
		}
		out := pieces.room()
		for ; m != 0; m &= m - 1 {
			at := base + bits.TrailingZeros64(m)
			sep := e.seps[text[at]&0x7F]
			length := uint(at - start)
			s := &w.short[0]
			if length <= shortSpan {
				mask := &masks[length]
				low := *(*uint64)(unsafe.Add(p, start)) & mask[0]
				high := *(*uint64)(unsafe.Add(p, start+8)) & mask[1]
				s = &w.short[shortSlot(low, high)]
				if s.low != low || s.high != high || s.data[3] < 0 || sep.n < 0 {
					s = nil
				}
			} else {
				s = nil
			}
			if s == nil {
				if sep.n < 0 {
					at = e.does.endOfSpan(text, at)
				}
				pieces.cut(out.n)
				word = e.appendSpanPieces(w, pieces, text[start:at], offset+int32(start), word)
				if sep.n < 0 {
					return at, word
				}
				out = pieces.room()
			} else {
				layout := s.data[3]
				from := offset + int32(start)
				if layout&layoutCount == 1 {
					out.put(s.data[0], from, from+layout>>layoutEnd&endMask, word)
					out.n++
				} else {
					first, news := from, layout>>layoutWord<<1
					number := word
					for i := range layout & layoutCount {
						number += news >> i & 1
						last := from + layout>>(layoutEnd+i*endBits)&endMask
						out.put(s.data[i], first, last, number)
						out.n++
						first = last
					}
				}
				word += layout >> layoutWords
			}
			out.put(sep.id, offset+int32(at), offset+int32(at)+1, word)
			out.n += uintptr(sep.n)
			word += sep.n
			start = at + 1
		}
		pieces.cut(out.n)
	}
	return start, word
}
