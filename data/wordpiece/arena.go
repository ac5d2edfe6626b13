package wordpiece

// arena is the memory of some encodings, made at once: a batch has very many, and each has eight slices. What one of them is
// appended to later does not reach its neighbour. The memory is free when nobody keeps any of the encodings.
type arena struct {
	encodings []Encoding
	numbers   []int32
	spans     []Span
	tokens    []string
}

// newArena has room for so many encodings and tokens, padding included.
func newArena(encodings, tokens int) *arena {
	return &arena{make([]Encoding, encodings), make([]int32, 5*tokens), make([]Span, 2*tokens), make([]string, tokens)}
}

// take gives an encoding of n tokens, all zero, that can grow to room of them.
func (a *arena) take(n, room int) *Encoding {
	e := &a.encodings[0]
	a.encodings = a.encodings[1:]
	for _, s := range []*[]int32{&e.IDs, &e.TypeIDs, &e.WordIDs, &e.SpecialMask, &e.AttentionMask} {
		*s, a.numbers = a.numbers[:n:room], a.numbers[room:]
	}
	for _, s := range []*[]Span{&e.Offsets, &e.ByteOffsets} {
		*s, a.spans = a.spans[:n:room], a.spans[room:]
	}
	e.Tokens, a.tokens = a.tokens[:n:room], a.tokens[room:]
	return e
}

// view is what a text gives to some tokens of an encoding.
type view struct {
	ids, words   []int32
	tokens       []string
	bytes, chars []Span
}

func (e *Encoding) span(from, to int) view {
	return view{e.IDs[from:to], e.WordIDs[from:to], e.Tokens[from:to], e.ByteOffsets[from:to], e.Offsets[from:to]}
}
