package wordpiece

import (
	"slices"
	"sort"
)

// AppendIDs appends the ids of a text. No special tokens are put around it; those that are in it are found, unless
// the folder says split_special_tokens.
// It is the fast door: it does not allocate where dst has room.
func (t *Tokenizer) AppendIDs(dst []int32, text string) []int32 {
	return t.appendIDs(dst, text, t.spec.options.SplitSpecial)
}

// appendIDs is AppendIDs; split treats special tokens in the text as text.
func (t *Tokenizer) appendIDs(dst []int32, text string, split bool) []int32 {
	if t.cooked != nil {
		var p Pieces
		t.appendPieces(&p, text, split, nil)
		return append(dst, p.IDs...)
	}
	f := finder{m: t.raw, text: text, special: split}
	done := 0
	for {
		start, stop, token, ok := f.next()
		if !ok {
			break
		}
		if done < start {
			dst = t.engine.appendIDs(dst, text[done:start])
		}
		dst = append(dst, token.id)
		done = stop
	}
	return t.engine.appendIDs(dst, text[min(done, len(text)):])
}

// AppendPieces appends the pieces of a text with their places in it, in bytes, and the numbers of their words.
// As in [Tokenizer.AppendIDs], no special tokens are put around it.
func (t *Tokenizer) AppendPieces(dst *Pieces, text string) {
	t.appendPieces(dst, text, t.spec.options.SplitSpecial, nil)
}

// appendPieces is AppendPieces; split as above. Where found is given, the text of an added token
// is noted at its index.
func (t *Tokenizer) appendPieces(p *Pieces, text string, split bool, found *[]string) {
	f := finder{m: t.raw, text: text, special: split}
	done, word := 0, int32(0)
	for {
		start, stop, token, ok := f.next()
		if !ok {
			break
		}
		if done < start {
			word = t.section(p, text[done:start], int32(done), word, split, found)
		}
		note(found, len(p.IDs), text[start:stop])
		p.add(token.id, int32(start), int32(stop), word)
		word++
		done = stop
	}
	if done < len(text) {
		t.section(p, text[done:], int32(done), word, split, found)
	}
}

// note sets the text of a token.
func note(found *[]string, index int, text string) {
	if found == nil {
		return
	}
	for len(*found) <= index {
		*found = append(*found, "")
	}
	(*found)[index] = text
}

// section appends the pieces of text between added tokens, in which those that are looked for after normalization may be.
func (t *Tokenizer) section(p *Pieces, text string, base, word int32, split bool, found *[]string) int32 {
	if t.cooked == nil {
		return t.engine.appendPieces(p, text, base, word)
	}
	normal := t.engine.normalizer().normalize(text)
	bytes := make([]byte, 0, len(text)+len(text)/8)
	starts := make([]int, 0, len(normal)+1) // where each code point begins
	for _, a := range normal {
		starts = append(starts, len(bytes))
		bytes = appendText(bytes, []aligned{a})
	}
	starts = append(starts, len(bytes))
	f := finder{m: t.cooked, text: string(bytes), special: split}
	done := 0
	at := func(place int) int { return sort.SearchInts(starts, place) }
	for {
		start, stop, token, ok := f.next()
		if !ok {
			break
		}
		if done < start {
			word = t.engine.appendNormalized(p, slices.Clone(normal[at(done):at(start)]), base, word)
		}
		note(found, len(p.IDs), string(bytes[start:stop]))
		covers := normal[at(start):at(stop)]
		p.add(token.id, base+covers[0].start, base+covers[len(covers)-1].end, word)
		word++
		done = stop
	}
	if done < len(bytes) {
		word = t.engine.appendNormalized(p, slices.Clone(normal[at(done):]), base, word)
	}
	return word
}

// Words returns a function that calls word with each normalized word of a text, in order, for training vocabularies. The
// function is for one goroutine, and a word is valid until the call returns. Added tokens are not looked for.
func (t *Tokenizer) Words() func(text []byte, word func(word []byte)) { return t.engine.words() }
