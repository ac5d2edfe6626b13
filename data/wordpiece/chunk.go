package wordpiece

// chunkInputs is how many inputs of a batch are encoded at a time: their pieces are found first, then memory for all of their
// encodings is made at once.
const chunkInputs = 32

// chunk is what a worker needs for some inputs, again and again.
type chunk struct {
	Pieces          // of all texts, one after the other
	found  []string // texts of added tokens, by index in Pieces; may be shorter
	rows   []row
	points []Span // places of one text's pieces in code points
}

// row is an encoding before it has memory: which pieces of which texts.
type row struct {
	input    int
	pair     bool
	overflow bool    // it belongs to the row before that is none
	parts    [2]Span // indices in Pieces; the second is for pairs
	texts    [2]Span // all pieces of the texts that these are parts of
	ascii    [2]bool // of the texts: then code points are bytes
}

// reset keeps the memory.
func (c *chunk) reset() {
	c.Reset()
	clear(c.found)
	c.found, c.rows = c.found[:0], c.rows[:0]
}

// encodeChunk encodes inputs from first on into out, which has a place for each input of the chunk.
func (p *plan) encodeChunk(out []*Encoding, inputs []Input, c *chunk) (failed int, err error) {
	c.reset()
	for i, in := range inputs {
		if p.own != nil && p.draft(c, i, in) {
			continue
		}
		if out[i], err = p.encode(in); err != nil {
			return i, err
		}
	}
	goal, room := p.goal(c), 0
	for _, r := range c.rows {
		room += max(goal, p.length(r))
	}
	a := newArena(len(c.rows), room)
	var first *Encoding
	for _, r := range c.rows {
		n := p.length(r)
		e := a.take(n, max(goal, n))
		p.build(e, c, r, inputs[r.input])
		if r.overflow {
			first.Overflowing = append(first.Overflowing, e)
			continue
		}
		first, out[r.input] = e, e
	}
	return 0, nil
}

// draft finds the pieces of an input and the rows that they make; false where that takes the general way: words that are cut
// already, and pairs that are too long.
func (p *plan) draft(c *chunk, i int, in Input) bool {
	if in.Words != nil || in.PairWords != nil {
		return false
	}
	start := len(c.IDs)
	r := row{input: i, pair: in.IsPair || in.Pair != ""}
	p.own.appendPieces(&c.Pieces, in.Text, p.SplitSpecial, &c.found)
	r.texts[0], r.ascii[0] = Span{start, len(c.IDs)}, isASCII(in.Text)
	if r.pair {
		p.own.appendPieces(&c.Pieces, in.Pair, p.SplitSpecial, &c.found)
		r.texts[1], r.ascii[1] = Span{r.texts[0].End, len(c.IDs)}, isASCII(in.Pair)
	}
	r.parts = r.texts
	if p.limit < 0 || p.length(r) <= p.limit {
		c.rows = append(c.rows, r)
		return true
	}
	limit := p.limit - p.added(r.pair)
	if r.pair || limit <= 0 || p.Stride >= limit || p.Truncation == OnlySecond {
		return false
	}
	for k, w := range windows(len(c.IDs)-start, limit, p.Stride, p.TruncateSide) {
		r.parts[0], r.overflow = Span{start + w.Start, start + w.End}, k > 0
		c.rows = append(c.rows, r)
	}
	return true
}

// added is the number of special tokens around an input.
func (p *plan) added(pair bool) int {
	if p.NoSpecial {
		return 0
	}
	return p.template.added(pair)
}

// length is the number of tokens of a row.
func (p *plan) length(r row) int {
	return r.parts[0].End - r.parts[0].Start + r.parts[1].End - r.parts[1].Start + p.added(r.pair)
}

// goal is the length that the rows of a chunk will be padded to, as far as the chunk knows: others may be longer.
func (p *plan) goal(c *chunk) (length int) {
	switch {
	case p.Padding == DoNotPad:
		return 0
	case p.fixed >= 0:
		return multipleOf(p.fixed, p.PadToMultiple)
	}
	for _, r := range c.rows {
		length = max(length, p.length(r))
	}
	return multipleOf(length, p.PadToMultiple)
}

// build fills an encoding that has the length of its row.
func (p *plan) build(e *Encoding, c *chunk, r row, in Input) {
	at := 0
	for _, s := range p.template.slots(r.pair) {
		switch {
		case s.text >= 0:
			part, typeID := r.parts[s.text], s.typeID
			if r.overflow {
				typeID = 0 // whatever the template says, as Hugging Face has it
			}
			n := part.End - part.Start
			p.own.place(e.span(at, at+n), c, r, s.text, in)
			setAll(e.TypeIDs[at:at+n], typeID)
			setAll(e.AttentionMask[at:at+n], 1)
			e.sequences[s.text] = textRange{true, Span{at, at + n}}
			at += n
		case !p.NoSpecial:
			for i, id := range s.ids {
				e.IDs[at], e.TypeIDs[at], e.Tokens[at] = id, s.typeID, s.tokens[i]
				e.WordIDs[at], e.SpecialMask[at], e.AttentionMask[at] = -1, 1, 1
				at++
			}
		}
	}
}

// place copies pieces of a text to tokens, which are as many.
func (t *Tokenizer) place(e view, c *chunk, r row, text int, in Input) {
	part := r.parts[text]
	copy(e.words, c.Words[part.Start:part.End])
	starts, ends := c.Starts[part.Start:part.End], c.Ends[part.Start:part.End]
	for i, id := range c.IDs[part.Start:part.End] {
		e.ids[i], e.tokens[i] = id, t.tokens[id]
		e.bytes[i] = Span{int(starts[i]), int(ends[i])}
	}
	for i := part.Start; i < min(part.End, len(c.found)); i++ {
		if c.found[i] != "" {
			e.tokens[i-part.Start] = c.found[i] // as it is written in the text, with the white space that it takes
		}
	}
	if r.ascii[text] {
		copy(e.chars, e.bytes)
		return
	}
	if !r.overflow { // all parts of a text follow its first
		c.count([]string{in.Text, in.Pair}[text], r.texts[text])
	}
	copy(e.chars, c.points[part.Start-r.texts[text].Start:])
}

// count finds the code points of all pieces of a text.
func (c *chunk) count(text string, whole Span) {
	c.points = c.points[:0]
	places := places{text: text}
	for i := whole.Start; i < whole.End; i++ {
		c.points = append(c.points, Span{places.at(int(c.Starts[i])), places.at(int(c.Ends[i]))})
	}
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
