package wordpiece

// A Span is a half-open range [Start, End).
type Span struct{ Start, End int }

func (s Span) len() int { return s.End - s.Start }

// An Encoding is one text or pair as a model reads it, with everything that is known of each token.
// All slices have the same length. It equals what Hugging Face's tokenizers return, field by field.
type Encoding struct {
	IDs           []int32
	TypeIDs       []int32  // segment: 0 for the first text, 1 for the second
	Tokens        []string // as in the vocabulary; a piece inside a word begins with ##
	Offsets       []Span   // in code points of the text (or word) that the token is from, as Python counts
	ByteOffsets   []Span   // the same in bytes
	WordIDs       []int32  // index of the word in its text, -1 for special tokens and padding
	SpecialMask   []int32  // 1: added by the template or by padding
	AttentionMask []int32  // 0: padding
	Overflowing   []*Encoding

	sequences [2]Span // which tokens each text has
	texts     int     // of how many texts that is known; 0: there is one and it has all
}

// Len returns the number of tokens.
func (e *Encoding) Len() int { return len(e.IDs) }

// Sequences returns the number of texts in the encoding: 2 for a pair.
func (e *Encoding) Sequences() int { return max(e.texts, 1) }

// SequenceIDs says for each token whether it is from the first text (0), the second (1) or neither (-1).
func (e *Encoding) SequenceIDs() []int32 {
	ids := make([]int32, e.Len())
	for i := range ids {
		ids[i] = -1
		if s, ok := e.TokenToSequence(i); ok {
			ids[i] = int32(s)
		}
	}
	return ids
}

// sequence is the range to look at for a text; an unknown one is the whole encoding.
func (e *Encoding) sequence(s int) Span {
	if s >= 0 && s < e.texts {
		return e.sequences[s]
	}
	return Span{0, e.Len()}
}

// TokenToSequence returns the text that a token is from; ok is false for special tokens and padding.
func (e *Encoding) TokenToSequence(token int) (sequence int, ok bool) {
	if token < 0 || token >= e.Len() {
		return 0, false
	}
	for s := range e.Sequences() {
		if span := e.sequence(s); token >= span.Start && token < span.End {
			return s, true
		}
	}
	return 0, false
}

// TokenToChars returns the code points that a token covers in its text; ok is false for special tokens and padding.
func (e *Encoding) TokenToChars(token int) (span Span, ok bool) {
	if _, ok = e.TokenToSequence(token); !ok {
		return Span{}, false
	}
	return e.Offsets[token], true
}

// TokenToWord returns the word that a token is from; ok is false for special tokens and padding.
func (e *Encoding) TokenToWord(token int) (word int, ok bool) {
	if _, ok = e.TokenToSequence(token); !ok || e.WordIDs[token] < 0 {
		return 0, false
	}
	return int(e.WordIDs[token]), true
}

// CharToToken returns the token that covers a code point of a text; ok is false where none does.
func (e *Encoding) CharToToken(char, sequence int) (token int, ok bool) {
	span := e.sequence(sequence)
	for i, o := range e.Offsets[span.Start:span.End] {
		if char >= o.Start && char < o.End {
			return span.Start + i, true
		}
	}
	return 0, false
}

// CharToWord returns the word that covers a code point of a text; ok is false where none does.
func (e *Encoding) CharToWord(char, sequence int) (word int, ok bool) {
	token, ok := e.CharToToken(char, sequence)
	if !ok {
		return 0, false
	}
	return e.TokenToWord(token)
}

// WordToTokens returns the tokens of a word of a text; ok is false where there are none.
func (e *Encoding) WordToTokens(word, sequence int) (tokens Span, ok bool) {
	if word < 0 {
		return Span{}, false
	}
	span := e.sequence(sequence)
	for i := span.Start; i < span.End && e.WordIDs[i] <= int32(word); i++ {
		if e.WordIDs[i] != int32(word) {
			continue
		}
		if !ok {
			tokens.Start, ok = i, true
		}
		tokens.End = i + 1
	}
	return tokens, ok
}

// WordToChars returns the code points that a word covers; ok is false where it has no token.
func (e *Encoding) WordToChars(word, sequence int) (span Span, ok bool) {
	tokens, ok := e.WordToTokens(word, sequence)
	if !ok {
		return Span{}, false
	}
	return Span{e.Offsets[tokens.Start].Start, e.Offsets[tokens.End-1].End}, true
}

// Flat returns the encoding and all that overflowed from it, in the order in which transformers makes rows of them.
func (e *Encoding) Flat() []*Encoding {
	return append([]*Encoding{e}, e.Overflowing...)
}
