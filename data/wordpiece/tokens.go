package wordpiece

import "unicode/utf8"

// text encodes one text, or words, without special tokens.
func (t *Tokenizer) text(text string, words []string, split bool) *Encoding {
	if words == nil {
		return t.pieces(text, -1, split, &Encoding{})
	}
	e := &Encoding{}
	for i, word := range words {
		t.pieces(word, int32(i), split, e)
	}
	return e
}

// pieces appends the tokens of a text. Their word is the given one, or is counted where that is -1.
func (t *Tokenizer) pieces(text string, word int32, split bool, e *Encoding) *Encoding {
	p := t.scratch.Get().(*Pieces)
	defer t.scratch.Put(p)
	p.Reset()
	var found []string
	t.appendPieces(p, text, split, &found)
	e.grow(len(p.IDs))
	t.tokensOf(e, p, text, found, word)
	return e
}

// tokensOf appends pieces of a text as tokens.
func (t *Tokenizer) tokensOf(e *Encoding, p *Pieces, text string, found []string, word int32) {
	first := len(e.IDs)
	e.IDs = append(e.IDs, p.IDs...)
	places := places{text: text}
	for i, id := range p.IDs {
		e.Tokens = append(e.Tokens, t.tokens[id])
		start, end := int(p.Starts[i]), int(p.Ends[i])
		e.ByteOffsets = append(e.ByteOffsets, Span{start, end})
		e.Offsets = append(e.Offsets, Span{places.at(start), places.at(end)})
		if word >= 0 {
			e.WordIDs = append(e.WordIDs, word)
		} else {
			e.WordIDs = append(e.WordIDs, p.Words[i])
		}
		e.TypeIDs, e.SpecialMask, e.AttentionMask = append(e.TypeIDs, 0), append(e.SpecialMask, 0), append(e.AttentionMask, 1)
	}
	// An added token is shown as it is written in the text, with the white space that it takes.
	for i, value := range found {
		if value != "" {
			e.Tokens[first+i] = value
		}
	}
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
