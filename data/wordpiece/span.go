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
	made   short   // What cutPlain and second return.
	padded [padded]byte

	// The normalized word that is being gathered; bytes beyond the longest word are counted, not
	// kept. As long as it is direct, each byte stands for one of the span, from from on. After that
	// starts and ends say for each byte what it stands for.
	word         []byte
	direct       bool
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
		b, size := e.does.at(span, at)
		start, end := int32(at), int32(at+size)
		switch b.kind() {
		case letter:
			gather(w, span[at:at+size], start, end, e.rules.MaxWord)
		case replaced:
			form := e.does.form(b)
			for len(form) > 0 {
				_, n := utf8.DecodeRune(form)
				gather(w, form[:n], start, end, e.rules.MaxWord)
				form = form[n:]
			}
		case blank:
			e.finish(w)
		case alone:
			e.finish(w)
			w.pieces = append(w.pieces, piece{b.id(), start, end, w.number})
			w.number++
		case rare:
			e.cutNormalized(w, w.plain.normalize(span))
			return w.number
		}
		at += size
	}
	e.finish(w)
	return w.number
}

// cutNormalized does the same with normalized text, by the plain steps.
func (e *engine) cutNormalized(w *worker, text []aligned) {
	w.pieces, w.number = w.pieces[:0], 0
	w.begin()
	w.plain.words(text, func(word []aligned) {
		for _, a := range word {
			var encoded [utf8.UTFMax]byte
			n := utf8.EncodeRune(encoded[:], a.r)
			gather(w, encoded[:n], a.start, a.end, e.rules.MaxWord)
		}
		e.finish(w)
	})
}

// begin starts a word.
func (w *worker) begin() {
	w.word, w.points, w.direct = w.word[:0], 0, true
}

// gather adds a code point to the word, made from the bytes from start to end of the span.
func gather[bytes string | []byte](w *worker, c bytes, start, end int32, maxWord int) {
	if w.points == 0 {
		w.from = start
	}
	w.to = end
	if w.points++; w.points > maxWord {
		return
	}
	if !w.direct || int(start-w.from) != len(w.word) || int(end-start) != len(c) {
		w.align(len(c), start, end)
	}
	w.word = append(w.word, c...)
}

// align notes what the next n bytes of the word stand for.
func (w *worker) align(n int, start, end int32) {
	if w.direct {
		w.direct = false
		w.starts, w.ends = w.starts[:0], w.ends[:0]
		for at := 0; at < len(w.word); {
			_, size := utf8.DecodeRune(w.word[at:])
			w.align(size, w.from+int32(at), w.from+int32(at+size))
			at += size
		}
	}
	for range n {
		w.starts = append(w.starts, start)
		w.ends = append(w.ends, end)
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
		p := piece{id, w.from + int32(at), w.from + int32(at+length), w.number}
		if !w.direct {
			p.start, p.end = w.starts[at], w.ends[at+length-1]
		}
		w.pieces = append(w.pieces, p)
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
