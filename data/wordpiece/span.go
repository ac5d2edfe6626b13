package wordpiece

import (
	"encoding/binary"
	"unicode/utf8"
)

// A span is a part of a text whose pieces depend on nothing outside of it: it begins and ends where
// a word does, so its bytes decide its pieces and a cache may remember them.

// piece is one word piece of a span; offsets and word numbers count from the span's beginning.
type piece struct {
	id, start, end, word int32
}

// worker is the memory of one goroutine.
type worker struct {
	cache
	probes
	pieces []piece // What cut returns.
	made   short   // What cutPlain returns.
	padded [padded]byte

	// The normalized word that is being gathered, and for each of its bytes the part of the span
	// it stands for. Bytes beyond the longest word are counted, not kept.
	word         []byte
	starts, ends []int32
	points       int
	from, to     int32
	number       int32

	plain normalizer
}

func (e *engine) newWorker() *worker {
	return &worker{cache: newCache(), plain: normalizer{codePoints: e.points, rules: e.rules}}
}

// cut sets w.pieces to the pieces of a span and returns the number of words in it.
func (e *engine) cut(w *worker, span string) int32 {
	w.pieces, w.number = w.pieces[:0], 0
	w.begin()
	for at := 0; at < len(span); {
		r, size := rune(span[at]), 1
		if r >= utf8.RuneSelf {
			r, size = decode(span[at:])
		}
		start, end := int32(at), int32(at+size)
		at += size
		switch b := e.does.of(r); b.kind() {
		case letter:
			e.gather(w, r, start, end)
		case replaced:
			e.gatherForm(w, e.does.form(b), start, end)
		case blank:
			e.finish(w)
		case alone:
			e.finish(w)
			w.pieces = append(w.pieces, piece{b.id(), start, end, w.number})
			w.number++
		case rare:
			e.cutPlainly(w, span)
			return w.number
		}
	}
	e.finish(w)
	return w.number
}

// cutPlainly does the same by the plain steps.
func (e *engine) cutPlainly(w *worker, span string) {
	w.pieces, w.number = w.pieces[:0], 0
	w.begin()
	e.cutNormalized(w, w.plain.normalize(span))
}

// cutNormalized appends the pieces of normalized text.
func (e *engine) cutNormalized(w *worker, text []aligned) {
	w.plain.words(text, func(word []aligned) {
		for _, a := range word {
			e.gather(w, a.r, a.start, a.end)
		}
		e.finish(w)
	})
}

// begin starts a word.
func (w *worker) begin() {
	w.word, w.starts, w.ends, w.points = w.word[:0], w.starts[:0], w.ends[:0], 0
}

// gather adds a code point to the word.
func (e *engine) gather(w *worker, r rune, start, end int32) {
	if w.points == 0 {
		w.from = start
	}
	w.to = end
	if w.points++; w.points > e.rules.MaxWord {
		return
	}
	before := len(w.word)
	w.word = utf8.AppendRune(w.word, r)
	for range len(w.word) - before {
		w.starts = append(w.starts, start)
		w.ends = append(w.ends, end)
	}
}

// gatherForm adds what a code point is replaced by.
func (e *engine) gatherForm(w *worker, form []byte, start, end int32) {
	for len(form) > 0 {
		r, size := utf8.DecodeRune(form)
		form = form[size:]
		e.gather(w, r, start, end)
	}
}

// finish appends the pieces of the gathered word, if there is one, greedily the longest that the
// vocabulary has. A word that does not come out, or is too long, is unknown as a whole.
func (e *engine) finish(w *worker) {
	if w.points == 0 {
		return
	}
	before := len(w.pieces)
	from := uint32(root)
	known := w.points <= e.rules.MaxWord
	for at := 0; known && at < len(w.word); from = e.tokens.inner {
		length, id := 0, int32(noToken)
		if from != noNode {
			id, length = e.tokens.longest(from, w.word[at:])
		}
		if length == 0 {
			known = false
			break
		}
		w.pieces = append(w.pieces, piece{id, w.starts[at], w.ends[at+length-1], w.number})
		at += length
	}
	if !known {
		w.pieces = append(w.pieces[:before], piece{e.unk, w.from, w.to, w.number})
	}
	w.number++
	w.begin()
}

// cutPlain cuts a span of ASCII letters and digits, which are a word as they are or in lower case,
// and remembers it. It returns nil where an entry cannot hold the pieces.
func (e *engine) cutPlain(w *worker, q *probe, length int) *short {
	s := &w.made
	*s = short{low: q.low, high: q.high}
	var word [shortSpan]byte
	low, high := q.low, q.high
	if e.rules.Lowercase {
		low, high = lowered(low), lowered(high)
	}
	binary.LittleEndian.PutUint64(word[:], low)
	binary.LittleEndian.PutUint64(word[8:], high)
	layout := int32(1 << layoutWords)
	from := uint32(root)
	for at := 0; at < length; from = e.tokens.inner {
		n, id := 0, int32(noToken)
		if from != noNode {
			id, n = e.tokens.longest(from, word[at:length])
		}
		if n == 0 {
			s.data[0] = e.unk
			layout = 1<<layoutWords | int32(length)<<layoutEnd | 1
			break
		}
		count := layout & layoutCount
		if count == layoutCount {
			return nil
		}
		at += n
		s.data[count&3] = id
		layout += int32(at)<<(layoutEnd+count*endBits) | 1
	}
	s.data[3] = layout
	w.put(*s)
	return s
}

// lowered makes the ASCII letters among eight ASCII characters lower case.
func lowered(x uint64) uint64 {
	upper := (x + (0x80-'A')*ones) &^ (x + (0x80-'Z'-1)*ones) & highs
	return x | upper>>2
}
