package wordpiece

// A template says how special tokens are put around one text and around two, in the manner of tokenizer.json.
type template struct {
	single, pair []slot
}

// slot is a place in a template: a text, or special tokens.
type slot struct {
	text   int // 0: the first, 1: the second, -1: special tokens
	typeID int32
	name   string // of the special tokens
	ids    []int32
	tokens []string
}

// added returns the number of special tokens.
func (t template) added(pair bool) int {
	n := 0
	for _, s := range t.slots(pair) {
		n += len(s.ids)
	}
	return n
}

func (t template) slots(pair bool) []slot {
	if pair {
		return t.pair
	}
	return t.single
}

// bertTemplate is [CLS] A [SEP] and [CLS] A [SEP] B [SEP].
func bertTemplate(cls, sep string, clsID, sepID int32) template {
	begin := slot{text: -1, name: cls, ids: []int32{clsID}, tokens: []string{cls}}
	end := slot{text: -1, name: sep, ids: []int32{sepID}, tokens: []string{sep}}
	end2 := end
	end2.typeID = 1
	a, b := slot{text: 0}, slot{text: 1, typeID: 1}
	return template{single: []slot{begin, a, end}, pair: []slot{begin, a, end, b, end2}}
}

// plainTemplate adds nothing.
func plainTemplate() template {
	a, b := slot{text: 0}, slot{text: 1, typeID: 1}
	return template{single: []slot{a}, pair: []slot{a, b}}
}

// apply joins the texts and the special tokens, in all combinations of what overflowed, in the order of Hugging Face.
func (t template) apply(texts []*Encoding, special bool) *Encoding {
	for i, e := range texts {
		for _, o := range append([]*Encoding{e}, e.Overflowing...) {
			o.sequences[i] = textRange{true, Span{0, o.Len()}}
		}
		setAll(e.TypeIDs, int32(i))
	}
	var parts []*Encoding
	n := 0
	for _, s := range t.slots(len(texts) == 2) {
		var part *Encoding
		switch {
		case s.text >= 0:
			part = texts[s.text]
			setAll(part.TypeIDs, s.typeID)
			part = part.clone()
		case special:
			part = s.encoding()
		default:
			continue
		}
		parts = append(parts, part)
		n += part.Len()
	}
	joined := &Encoding{}
	joined.grow(n)
	for _, part := range parts {
		joined.merge(part)
	}
	return joined
}

func setAll(s []int32, value int32) {
	for i := range s {
		s[i] = value
	}
}

// encoding makes the special tokens of a slot.
func (s slot) encoding() *Encoding {
	n := len(s.ids)
	e := &Encoding{
		IDs: s.ids, TypeIDs: make([]int32, n), Tokens: s.tokens, Offsets: make([]Span, n), ByteOffsets: make([]Span, n),
		WordIDs: make([]int32, n), SpecialMask: make([]int32, n), AttentionMask: make([]int32, n),
	}
	setAll(e.TypeIDs, s.typeID)
	setAll(e.WordIDs, -1)
	setAll(e.SpecialMask, 1)
	setAll(e.AttentionMask, 1)
	return e
}

// merge appends another encoding. What overflowed on either side is combined with everything on the other.
func (e *Encoding) merge(o *Encoding) {
	var over []*Encoding
	for _, mine := range e.Overflowing {
		for _, other := range append([]*Encoding{o}, o.Overflowing...) {
			joined := mine.clone()
			joined.merge(other)
			over = append(over, joined)
		}
	}
	for _, other := range o.Overflowing {
		joined := e.clone()
		joined.merge(other)
		over = append(over, joined)
	}
	n := e.Len()
	for i, r := range o.sequences {
		if r.known {
			e.sequences[i] = textRange{true, Span{n + r.Start, n + r.End}}
		}
	}
	e.IDs = append(e.IDs, o.IDs...)
	e.TypeIDs = append(e.TypeIDs, o.TypeIDs...)
	e.Tokens = append(e.Tokens, o.Tokens...)
	e.Offsets = append(e.Offsets, o.Offsets...)
	e.ByteOffsets = append(e.ByteOffsets, o.ByteOffsets...)
	e.WordIDs = append(e.WordIDs, o.WordIDs...)
	e.SpecialMask = append(e.SpecialMask, o.SpecialMask...)
	e.AttentionMask = append(e.AttentionMask, o.AttentionMask...)
	e.Overflowing = over
}
