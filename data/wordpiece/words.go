package wordpiece

// words returns a function, for one goroutine, that calls word with each normalized word of a text:
// what a vocabulary is trained on. The bytes are valid until word returns.
func (e *engine) words() func(text []byte, word func(word []byte)) {
	n := e.normalizer()
	var buffer []byte
	return func(text []byte, word func(word []byte)) {
		n.words(n.normalize(string(text)), func(w []aligned) {
			buffer = appendText(buffer[:0], w)
			word(buffer)
		})
	}
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
