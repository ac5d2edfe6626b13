package wordpiece

// appendSpanPieces does what appendSpans does, with offsets and word numbers.
func (e *engine) appendSpanPieces(w *worker, p *Pieces, text string, base, word int32) int32 {
	does := e.does
	for at := 0; at < len(text); {
		b, size := does.at(text, at)
		start := at
		at += size
		switch b.kind() {
		case blank:
		case alone:
			p.add(b.id(), base+int32(start), base+int32(at), word)
			word++
		default:
			at = does.endOfSpan(text, at)
			word = e.appendPiecesOfSpan(w, p, text[start:at], base+int32(start), word)
		}
	}
	return word
}

// appendPiecesOfSpan does what appendSpan does, with offsets and word numbers.
func (e *engine) appendPiecesOfSpan(w *worker, p *Pieces, span string, base, word int32) int32 {
	if s := w.findShort(span); s != nil {
		return w.appendPiecesOfShort(p, s, base, word)
	}
	if l := w.findLong(span); l != nil {
		w.appendKept(p, w.kept[l.pieces:][:l.count], base, word)
		return word + int32(l.words)
	}
	words := e.cut(w, span)
	w.remember(span, w.pieces, words)
	for _, c := range w.pieces {
		p.add(c.id, base+c.start, base+c.end, word+c.word)
	}
	return word + words
}

// appendPiecesOfShort appends the pieces of a remembered span.
func (w *worker) appendPiecesOfShort(p *Pieces, s *short, base, word int32) int32 {
	layout := s.data[3]
	if layout < 0 {
		w.appendKept(p, w.kept[s.data[0]:][:s.data[1]], base, word)
		return word + s.data[2]
	}
	start, at := base, word
	for i := range layout & layoutCount {
		if i > 0 {
			at += layout >> (layoutWord + i - 1) & 1
		}
		end := base + layout>>(layoutEnd+i*endBits)&endMask
		p.add(s.data[i], start, end, at)
		start = end
	}
	return word + layout>>layoutWords
}

// appendKept appends pieces out of the arena.
func (w *worker) appendKept(p *Pieces, kept []packed, base, word int32) {
	for _, k := range kept {
		p.add(k.id, base+int32(k.start), base+int32(k.end), word+int32(k.word))
	}
}
