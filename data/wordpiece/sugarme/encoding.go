package sugarme

import (
	"fmt"
	"reflect"

	"github.com/sugarme/tokenizer"

	"gobert/data/wordpiece"
)

// Encoding returns an encoding as one of github.com/sugarme/tokenizer, with everything in it and offsets in code points
// (tokenizer.Char) or bytes (tokenizer.Byte).
func Encoding(e *wordpiece.Encoding, offsets tokenizer.OffsetType) *tokenizer.Encoding {
	s := &tokenizer.Encoding{
		Ids: convert[int](e.IDs), TypeIds: convert[int](e.TypeIDs), Tokens: append([]string{}, e.Tokens...), Offsets: make([][]int, e.Len()),
		SpecialTokenMask: convert[int](e.SpecialMask), AttentionMask: convert[int](e.AttentionMask), Words: convert[int](e.WordIDs),
		Overflowing: []tokenizer.Encoding{}, SequenceRanges: map[int]tokenizer.Range{},
	}
	spans := e.Offsets
	if offsets == tokenizer.Byte {
		spans = e.ByteOffsets
	}
	for i, span := range spans {
		s.Offsets[i] = []int{span.Start, span.End}
	}
	for i, text := range e.SequenceIDs() {
		if text >= 0 {
			s.SequenceRanges[int(text)] = append(s.SequenceRanges[int(text)], i) // a range is the list of its numbers there
		}
	}
	for _, o := range e.Overflowing {
		s.Overflowing = append(s.Overflowing, *Encoding(o, offsets))
	}
	return s
}

func convert[to, from int | int32](s []from) []to {
	out := make([]to, len(s))
	for i, v := range s {
		out[i] = to(v)
	}
	return out
}

// appendPieces takes over what that module cut a text into, with places in bytes.
func appendPieces(p *wordpiece.Pieces, tokens *[]string, s *tokenizer.Encoding, text string) {
	for len(*tokens) < len(p.IDs) {
		*tokens = append(*tokens, "")
	}
	for i, id := range s.Ids {
		word, start, end, token := int32(-1), 0, 0, ""
		if i < len(s.Words) {
			word = int32(s.Words[i])
		}
		if i < len(s.Offsets) && len(s.Offsets[i]) == 2 {
			start, end = min(max(s.Offsets[i][0], 0), len(text)), min(max(s.Offsets[i][1], 0), len(text))
		}
		if i < len(s.Tokens) {
			token = s.Tokens[i]
		}
		p.IDs, p.Words = append(p.IDs, int32(id)), append(p.Words, word)
		p.Starts, p.Ends = append(p.Starts, int32(start)), append(p.Ends, int32(end))
		*tokens = append(*tokens, token)
	}
}

// inputOf reads an input of that module. Its fields have no names outside it, but can be read.
func inputOf(in tokenizer.EncodeInput) (wordpiece.Input, error) {
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
	var out wordpiece.Input
	switch in := in.(type) {
	case tokenizer.Single:
		out.Text, out.Words = read(in.Sentence)
	case tokenizer.Dual:
		out.IsPair = true
		out.Text, out.Words = read(in.Sentence)
		out.Pair, out.PairWords = read(in.Pair)
	default:
		return out, fmt.Errorf("the input is %T, expected one or two texts", in)
	}
	return out, nil
}
