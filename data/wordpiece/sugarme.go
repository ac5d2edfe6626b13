package wordpiece

import (
	"fmt"
	"reflect"

	"github.com/sugarme/tokenizer"
)

// Sugarme returns the encoding as one of github.com/sugarme/tokenizer, with everything in it and offsets in code points
// (tokenizer.Char) or bytes (tokenizer.Byte).
func (e *Encoding) Sugarme(offsets tokenizer.OffsetType) *tokenizer.Encoding {
	s := &tokenizer.Encoding{
		Ids: ints(e.IDs), TypeIds: ints(e.TypeIDs), Tokens: append([]string{}, e.Tokens...), Offsets: make([][]int, e.Len()),
		SpecialTokenMask: ints(e.SpecialMask), AttentionMask: ints(e.AttentionMask), Words: ints(e.WordIDs),
		Overflowing: []tokenizer.Encoding{}, SequenceRanges: map[int]tokenizer.Range{},
	}
	spans := e.Offsets
	if offsets == tokenizer.Byte {
		spans = e.ByteOffsets
	}
	for i, span := range spans {
		s.Offsets[i] = []int{span.Start, span.End}
	}
	for text, r := range e.sequences {
		if r.known {
			// A range is the list of its numbers there.
			list := tokenizer.Range{}
			for i := r.Start; i < r.End; i++ {
				list = append(list, i)
			}
			s.SequenceRanges[text] = list
		}
	}
	for _, o := range e.Overflowing {
		s.Overflowing = append(s.Overflowing, *o.Sugarme(offsets))
	}
	return s
}

func ints(s []int32) []int {
	out := make([]int, len(s))
	for i, v := range s {
		out[i] = int(v)
	}
	return out
}

func int32s(s []int) []int32 {
	out := make([]int32, len(s))
	for i, v := range s {
		out[i] = int32(v)
	}
	return out
}

// fromSugarme takes an encoding over that was made with offsets in bytes.
func fromSugarme(s *tokenizer.Encoding, text string) *Encoding {
	n := len(s.Ids)
	e := &Encoding{}
	e.grow(n)
	places := places{text: text}
	for i := range n {
		word, span := int32(-1), Span{}
		if i < len(s.Words) {
			word = int32(s.Words[i])
		}
		if i < len(s.Offsets) && len(s.Offsets[i]) == 2 {
			span = Span{min(max(s.Offsets[i][0], 0), len(text)), min(max(s.Offsets[i][1], 0), len(text))}
		}
		token := ""
		if i < len(s.Tokens) {
			token = s.Tokens[i]
		}
		e.IDs, e.TypeIDs, e.Tokens = append(e.IDs, int32(s.Ids[i])), append(e.TypeIDs, 0), append(e.Tokens, token)
		e.ByteOffsets, e.WordIDs = append(e.ByteOffsets, span), append(e.WordIDs, word)
		e.Offsets = append(e.Offsets, Span{places.at(span.Start), places.at(span.End)})
		e.SpecialMask, e.AttentionMask = append(e.SpecialMask, 0), append(e.AttentionMask, 1)
	}
	return e
}

// inputOf reads an input of that module. Its fields have no names outside it, but can be read.
func inputOf(in tokenizer.EncodeInput) (Input, error) {
	read := func(sequence tokenizer.InputSequence) (string, []string) {
		v := reflect.ValueOf(sequence)
		list := v.FieldByName("input")
		texts := make([]string, list.Len())
		for i := range texts {
			texts[i] = list.Index(i).String()
		}
		if v.FieldByName("inputType").Int() != tokenizer.RawInput {
			return "", texts
		}
		if len(texts) == 0 {
			return "", nil
		}
		return texts[0], nil
	}
	switch in := in.(type) {
	case tokenizer.Single:
		text, words := read(in.Sentence)
		return Input{Text: text, Words: words}, nil
	case tokenizer.Dual:
		text, words := read(in.Sentence)
		pair, pairWords := read(in.Pair)
		return Input{Text: text, Words: words, Pair: pair, PairWords: pairWords, IsPair: true}, nil
	}
	return Input{}, fmt.Errorf("the input is %T, expected one or two texts", in)
}
