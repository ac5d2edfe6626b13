package wordpiece

import "unicode/utf8"

// appendSpans appends the ids of any text, character by character: it takes what the scan by blocks
// does not, such as spans of many Chinese characters.
func (e *engine) appendSpans(w *worker, dst []int32, text string) []int32 {
	does := e.does
	for at := 0; at < len(text); {
		b, size := does.at(text, at)
		if kind := b.kind(); kind == alone {
			dst = append(dst, b.id())
			at += size
			continue
		} else if kind == blank {
			at += size
			continue
		}
		start := at
		at = does.endOfSpan(text, at+size)
		dst = e.appendSpan(w, dst, text[start:at])
	}
	return dst
}

// at returns what the code point at a place does and how many bytes it takes.
func (t *behaviors) at(text string, at int) (behavior, int) {
	c := text[at]
	if c < utf8.RuneSelf {
		return t.ascii[c], 1
	}
	// Three bytes are the common case here; table entries of surrogates say rare, like overlong
	// forms they are not what they seem.
	if c&0xF0 == 0xE0 && at+2 < len(text) {
		c1, c2 := text[at+1], text[at+2]
		r := rune(c&0x0F)<<12 | rune(c1&0x3F)<<6 | rune(c2&0x3F)
		if c1&0xC0 == 0x80 && c2&0xC0 == 0x80 && r >= 0x800 && r&^0x7FF != 0xD800 {
			return t.of(r), 3
		}
	}
	r, size := decode(text[at:])
	return t.of(r), size
}

// endOfSpan returns where the span that reaches to at ends.
func (t *behaviors) endOfSpan(text string, at int) int {
	for at < len(text) {
		b, size := t.at(text, at)
		if b.ends() {
			break
		}
		at += size
	}
	return at
}

// appendSpan appends the ids of one span.
func (e *engine) appendSpan(w *worker, dst []int32, span string) []int32 {
	if s := w.findShort(span); s != nil {
		return w.appendShort(dst, s)
	}
	if l := w.findLong(span); l != nil {
		for _, p := range w.kept[l.pieces:][:l.count] {
			dst = append(dst, p.id)
		}
		return dst
	}
	words := e.cut(w, span)
	w.remember(span, w.pieces, words)
	for _, p := range w.pieces {
		dst = append(dst, p.id)
	}
	return dst
}

// appendShort appends the ids of a remembered span.
func (w *worker) appendShort(dst []int32, s *short) []int32 {
	if s.data[3] >= 0 {
		return append(dst, s.data[:s.data[3]&layoutCount]...)
	}
	for _, p := range w.kept[s.data[0]:][:s.data[1]] {
		dst = append(dst, p.id)
	}
	return dst
}
