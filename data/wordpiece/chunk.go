package wordpiece

import "unicode/utf8"

// chunkInputs is how many inputs of a batch are encoded at a time: their pieces are found first, then memory for all of their
// encodings is made at once.
const chunkInputs = 32

// chunk is some inputs of a batch on their way.
type chunk struct {
	Pieces           // of all texts, one after the other
	tokens  []string // by index in Pieces, where a token is not shown as the vocabulary has it; may be shorter
	points  []Span   // places in code points, of the texts that are not ASCII
	drafts  []draft
	longest int // tokens of a draft that does not overflow from another
	rows    []row
}

// draft is an encoding before it has memory.
type draft struct {
	row
	texts [2]cutText
	input int
	pair  bool
}

// cutText is a text as pieces.
type cutText struct {
	pieces Span
	points int // where its places in code points begin; -1: they are its bytes
}

// reset keeps the memory.
func (c *chunk) reset() {
	c.Reset()
	clear(c.tokens)
	c.tokens, c.points, c.drafts, c.longest = c.tokens[:0], c.points[:0], c.drafts[:0], 0
}

// draft finds the pieces of an input and the encodings that they make.
func (e *Encoder) draft(c *chunk, input int, in *Input) (err error) {
	d := draft{input: input, pair: in.pair()}
	if d.texts[0], err = e.cut(c, in.Text, in.Words); err == nil && d.pair {
		d.texts[1], err = e.cut(c, in.Pair, in.PairWords)
	}
	if err != nil {
		return err
	}
	c.rows, err = e.rows(c.rows[:0], [2]int{d.texts[0].pieces.len(), d.texts[1].pieces.len()}, d.pair, true)
	before := len(c.drafts)
	for _, r := range c.rows {
		d.row = r
		if r.of >= 0 {
			d.of += before
		}
		c.drafts = append(c.drafts, d)
		if r.of < 0 { // what overflows is longer where a text has no room at all, and decides nothing
			c.longest = max(c.longest, e.length(&d))
		}
	}
	return err
}

// cut finds the pieces of a text, or of words, whose places are in each of them.
func (e *Encoder) cut(c *chunk, in string, words []string) (cutText, error) {
	t := cutText{Span{Start: len(c.IDs)}, -1}
	if words == nil {
		if err := e.Cut(&c.Pieces, &c.tokens, in); err != nil {
			return t, err
		}
		if !isASCII(in) {
			t.points = len(c.points)
			c.count(in, t.pieces.Start)
		}
	} else {
		t.points = len(c.points)
	}
	for i, word := range words {
		from := len(c.IDs)
		if err := e.Cut(&c.Pieces, &c.tokens, word); err != nil {
			return t, err
		}
		setAll(c.Words[from:], int32(i))
		c.count(word, from)
	}
	t.pieces.End = len(c.IDs)
	return t, nil
}

// count finds the code points of the pieces from one on, which are of a text.
func (c *chunk) count(text string, from int) {
	places := places{text: text}
	for i := from; i < len(c.IDs); i++ {
		c.points = append(c.points, Span{places.at(int(c.Starts[i])), places.at(int(c.Ends[i]))})
	}
}

// length is the number of tokens of a draft.
func (e *Encoder) length(d *draft) int { return d.parts[0].len() + d.parts[1].len() + e.added(d.pair) }

// build makes the encodings of a chunk, filled up to a length.
func (e *Encoder) build(out []*Encoding, c *chunk, length int) {
	room := 0
	for i := range c.drafts {
		room += max(length, e.length(&c.drafts[i]))
	}
	encodings, numbers, spans, tokens := make([]Encoding, len(c.drafts)), make([]int32, 5*room), make([]Span, 2*room), make([]string, room)
	for i := range c.drafts {
		d, x := &c.drafts[i], &encodings[i]
		n := max(length, e.length(d))
		for _, s := range []*[]int32{&x.IDs, &x.TypeIDs, &x.WordIDs, &x.SpecialMask, &x.AttentionMask} {
			*s, numbers = numbers[:n:n], numbers[n:]
		}
		x.Offsets, x.ByteOffsets, spans = spans[:n:n], spans[n:2*n:2*n], spans[2*n:]
		x.Tokens, tokens = tokens[:n:n], tokens[n:]
		e.fill(x, c, d)
		if d.of < 0 {
			out[d.input] = x
		} else {
			encodings[d.of].Overflowing = append(encodings[d.of].Overflowing, x)
		}
	}
}

// fill fills an encoding that has its length.
func (e *Encoder) fill(x *Encoding, c *chunk, d *draft) {
	at, length := 0, e.length(d)
	if n := len(x.IDs) - length; n > 0 && e.Pad.Side == Left {
		e.Pad.fill(x, 0, n)
		at = n
	} else if n > 0 {
		e.Pad.fill(x, length, len(x.IDs))
	}
	for _, s := range e.Template.slots(d.pair) {
		switch {
		case s.text >= 0:
			part := d.parts[s.text]
			to := at + part.len()
			e.place(x, at, to, c, d.texts[s.text], part)
			setAll(x.TypeIDs[at:to], s.typeOf(d.over))
			setAll(x.AttentionMask[at:to], 1)
			x.sequences[s.text], x.texts = Span{at, to}, max(x.texts, s.text+1)
			at = to
		case !e.NoSpecial:
			for i, id := range s.ids {
				x.IDs[at], x.TypeIDs[at], x.Tokens[at] = id, s.typeID, s.tokens[i]
				x.WordIDs[at], x.SpecialMask[at], x.AttentionMask[at] = -1, 1, 1
				at++
			}
		}
	}
}

// place copies a part of a text to the tokens from at to to.
func (e *Encoder) place(x *Encoding, at, to int, c *chunk, t cutText, part Span) {
	first := t.pieces.Start + part.Start
	last := t.pieces.Start + part.End
	copy(x.WordIDs[at:to], c.Words[first:last])
	tokens, bytes := x.Tokens[at:to], x.ByteOffsets[at:to]
	starts, ends := c.Starts[first:last], c.Ends[first:last]
	copy(x.IDs[at:to], c.IDs[first:last])
	for i, id := range c.IDs[first:last] {
		if int(id) < len(e.Tokens) {
			tokens[i] = e.Tokens[id]
		}
		bytes[i] = Span{int(starts[i]), int(ends[i])}
	}
	for i := first; i < min(last, len(c.tokens)); i++ {
		if c.tokens[i] != "" {
			tokens[i-first] = c.tokens[i]
		}
	}
	if t.points < 0 {
		copy(x.Offsets[at:to], bytes)
	} else {
		copy(x.Offsets[at:to], c.points[t.points+part.Start:])
	}
}

// fill fills the tokens from a place to another up.
func (p *Pad) fill(x *Encoding, from, to int) {
	for i := from; i < to; i++ {
		x.IDs[i], x.TypeIDs[i], x.Tokens[i], x.WordIDs[i], x.SpecialMask[i] = p.ID, p.TypeID, p.Token, -1, 1
	}
}

func setAll(s []int32, value int32) {
	for i := range s {
		s[i] = value
	}
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// places turns bytes into code points, fast where they are asked for in order.
type places struct {
	text         string
	bytes, chars int
}

func (p *places) at(place int) int {
	if place < p.bytes {
		p.bytes, p.chars = 0, 0
	}
	for p.bytes < place {
		if p.text[p.bytes] < utf8.RuneSelf {
			p.bytes++
		} else {
			_, n := decode(p.text[p.bytes:])
			p.bytes += n
		}
		p.chars++
	}
	return p.chars
}
