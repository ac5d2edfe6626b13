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
	slots := t.slots(len(texts) == 2)
	n := 0
	for _, s := range slots {
		if s.text >= 0 {
			n += texts[s.text].Len()
		} else if special {
			n += len(s.ids)
		}
	}
	joined := &Encoding{}
	joined.grow(n)
	for _, s := range slots {
		switch {
		case s.text >= 0:
			setAll(texts[s.text].TypeIDs, s.typeID)
			joined.merge(texts[s.text])
		case special:
			joined.surround(s)
		}
	}
	return joined
}

func setAll(s []int32, value int32) {
	for i := range s {
		s[i] = value
	}
}

// surround appends the special tokens of a slot, also to what overflowed.
func (e *Encoding) surround(s slot) {
	for _, o := range e.Overflowing {
		o.surround(s)
	}
	for i, id := range s.ids {
		e.IDs, e.TypeIDs, e.Tokens = append(e.IDs, id), append(e.TypeIDs, s.typeID), append(e.Tokens, s.tokens[i])
		e.Offsets, e.ByteOffsets = append(e.Offsets, Span{}), append(e.ByteOffsets, Span{})
		e.WordIDs, e.SpecialMask, e.AttentionMask = append(e.WordIDs, -1), append(e.SpecialMask, 1), append(e.AttentionMask, 1)
	}
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
