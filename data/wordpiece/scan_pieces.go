package wordpiece

import (
	"unsafe"
)

// appendPieces appends the pieces of text. Offsets are bytes of text with base added, words are
// numbered from word on, and the number after the last one is returned.
func (e *engine) appendPieces(p *Pieces, text string, base, word int32) int32 {
	w := e.workers.Get().(*worker)
	for len(text) > 0 {
		at := 0
		if len(text) < reach {
			at, word = e.scanPieces(w, p, w.pad(text), len(text)+1, base, word)
			at = min(at, len(text))
		} else if at, word = e.scanPieces(w, p, text, window, base, word); at == 0 {
			at = e.endOfLong(text)
			word = e.appendSpanPieces(w, p, text[:at], base, word)
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

// room makes sure that the pieces of so many spans can be written without looking.
func (p *Pieces) room(spans int) {
	p.IDs, p.Starts, p.Ends, p.Words = room(p.IDs, spans), room(p.Starts, spans), room(p.Ends, spans), room(p.Words, spans)
}

// output of pieces that there is room for.
func (p *Pieces) output() output {
	return output{
		unsafe.Pointer(unsafe.SliceData(p.IDs)), unsafe.Pointer(unsafe.SliceData(p.Starts)),
		unsafe.Pointer(unsafe.SliceData(p.Ends)), unsafe.Pointer(unsafe.SliceData(p.Words)), uintptr(len(p.IDs)),
	}
}

// cut sets the number of pieces.
func (p *Pieces) cut(n uintptr) {
	p.IDs, p.Starts, p.Ends, p.Words = p.IDs[:n], p.Starts[:n], p.Ends[:n], p.Words[:n]
}

// scanPieces does what scanIDs does, with offsets and word numbers, and returns the place and the
// next word.
func (e *engine) scanPieces(w *worker, pieces *Pieces, text string, end int, offset, word int32) (int, int32) {
	count := w.probes.find(w.sets, unsafe.Pointer(unsafe.StringData(text)), end)
	start := 0
	for i := 0; i < count; i++ {
		pieces.room(count - i)
		i, word = e.piecesOfHits(w, pieces, text, i, count, offset, word)
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
			return at, e.appendSpanPieces(w, pieces, text[start:at], offset+int32(start), word)
		}
		word = e.appendMissPieces(w, pieces, &w.list[i], text[start:at], offset+int32(start), word)
		if sep.n > 0 {
			pieces.add(sep.id, offset+int32(at), offset+int32(at)+1, word)
			word++
		}
		start = at + 1
	}
	return start, word
}

// piecesOfHits does what idsOfHits does, with offsets and word numbers.
func (e *engine) piecesOfHits(w *worker, pieces *Pieces, text string, from, count int, offset, word int32) (int, int32) {
	p := unsafe.Pointer(unsafe.StringData(text))
	out := pieces.output()
	sets, seps := w.sets, e.seps
	list := w.list[:count]
	start := offset
	if from > 0 {
		start += int32(list[from-1].end) + 1
	}
	i := from
	for ; i < len(list); i++ {
		q := &list[i]
		sep := seps[*(*byte)(unsafe.Add(p, q.end))&0x7F]
		s := &sets[q.set&(tooLong-1)][0]
		layout := s.data[3]
		if s.low != q.low || s.high != q.high || layout|sep.n < 0 || q.set == tooLong {
			break
		}
		last := start + layout>>layoutEnd&endMask
		out.put(s.data[0], start, last, word)
		if count := layout & layoutCount; count > 1 {
			number := word
			for k := int32(1); k < count; k++ {
				out.n++
				number += layout >> (layoutWord + k - 1) & 1
				first := last
				last = start + layout>>(layoutEnd+k*endBits)&endMask
				out.put(s.data[k&3], first, last, number)
			}
			out.n++
		} else {
			out.n += uintptr(count)
		}
		word += layout >> layoutWords
		start = offset + int32(q.end)
		out.put(sep.id, start, start+1, word)
		out.n += uintptr(sep.n)
		word += sep.n
		start++
	}
	pieces.cut(out.n)
	return i, word
}

// appendMissPieces does what appendMiss does, with offsets and word numbers.
func (e *engine) appendMissPieces(w *worker, p *Pieces, q *probe, span string, base, word int32) int32 {
	if s := e.second(w, q, span); s != nil {
		return w.appendPiecesOfShort(p, s, base, word)
	}
	return e.appendSpanPieces(w, p, span, base, word)
}
