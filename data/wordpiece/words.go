package wordpiece

import "unsafe"

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
	i.word = i.word[:0]
	span := 0 // Where the word before at began, whatever became of its characters.
	for at := 0; at < len(text); {
		b, size := i.does.at(text, at)
		end := at + size
		switch b.kind() {
		case letter:
			i.word = append(i.word, text[at:end]...)
		case replaced:
			i.word = append(i.word, i.does.form(b)...)
		case rare:
			end = i.does.endOfSpan(text, at)
			i.plainly(text[span:end], word)
		case blank:
			i.finish(word)
			span = end
		case alone:
			i.finish(word)
			span = end
			if r, _ := decode(text[at:]); i.plain.StripAccents && len(i.plain.full[r]) > 0 {
				i.plainly(text[at:end], word)
				break
			}
			i.word = append(i.word, text[at:end]...)
			i.finish(word)
		}
		at = end
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
	e.cutNormalized(w, text)
	for _, c := range w.pieces {
		p.add(c.id, base+c.start, base+c.end, word+c.word)
	}
	word += w.number
	e.workers.Put(w)
	return word
}
