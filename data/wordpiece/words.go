package wordpiece

import (
	"unicode/utf8"
	"unsafe"
)

// words returns a function, for one goroutine, that calls word with each normalized word of a text:
// what a vocabulary is trained on. The bytes are valid until word returns.
func (e *engine) words() func(text []byte, word func(word []byte)) {
	i := &wordIterator{does: e.does, plain: e.normalizer()}
	return func(text []byte, word func(word []byte)) {
		i.words(unsafe.String(unsafe.SliceData(text), len(text)), word)
	}
}

// wordIterator is the memory of one goroutine.
type wordIterator struct {
	does  *behaviors
	plain *normalizer
	word  []byte
}

// words calls word with each word of a text.
func (i *wordIterator) words(text string, word func(word []byte)) {
	does := i.does
	i.word = i.word[:0]
	span := 0 // Where the word before at began, whatever became of its characters.
	for at := 0; at < len(text); {
		r, size := rune(text[at]), 1
		if r >= utf8.RuneSelf {
			r, size = decode(text[at:])
		}
		b := does.of(r)
		switch b.kind() {
		case letter:
			i.word = utf8.AppendRune(i.word, r)
		case replaced:
			i.word = append(i.word, does.form(b)...)
		case rare:
			at = does.endOfSpan(text, at)
			i.word = i.word[:0]
			i.plainly(text[span:at], word)
			continue
		case blank, alone:
			i.finish(word)
			span = at + size
			if b.kind() == alone {
				i.aside(r, text[at:span], word)
			}
		}
		at += size
	}
	i.finish(word)
}

// finish calls word with the gathered word, if there is one.
func (i *wordIterator) finish(word func(word []byte)) {
	if len(i.word) > 0 {
		word(i.word)
		i.word = i.word[:0]
	}
}

// aside calls word with a character that is alone, which decomposition may change.
func (i *wordIterator) aside(r rune, text string, word func(word []byte)) {
	if _, changes := i.plain.full[r]; changes && i.plain.StripAccents {
		i.plainly(text, word)
		return
	}
	i.word = utf8.AppendRune(i.word, r)
	i.finish(word)
}

// plainly calls word with the words of a span, by the plain steps.
func (i *wordIterator) plainly(span string, word func(word []byte)) {
	i.plain.words(i.plain.normalize(span), func(w []aligned) {
		i.word = appendText(i.word[:0], w)
		word(i.word)
	})
	i.word = i.word[:0]
}

// appendNormalized appends the pieces of a text that is normalized already, as normalize gives it.
func (e *engine) appendNormalized(p *Pieces, text []aligned, base, word int32) int32 {
	w := e.workers.Get().(*worker)
	w.pieces, w.number = w.pieces[:0], 0
	w.begin()
	e.cutNormalized(w, text)
	for _, c := range w.pieces {
		p.add(c.id, base+c.start, base+c.end, word+c.word)
	}
	word += w.number
	e.workers.Put(w)
	return word
}
