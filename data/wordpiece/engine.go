package wordpiece

import (
	"errors"
	"fmt"
)

// rules are the settings of BERT's normalization and of WordPiece.
type rules struct {
	Lowercase    bool
	StripAccents bool
	ChineseChars bool   // Spaces around Chinese characters.
	CleanText    bool   // Control characters dropped, all white space alike.
	MaxWord      int    // A word of more code points is unknown, 100 in BERT.
	Prefix       string // What marks a piece that is not the first of its word, "##" in BERT.
}

// engine cuts texts into word pieces. It is safe for concurrent use.
type engine struct {
	points *codePoints
	rules  rules
	unk    int32
	ids    map[string]int32
}

// newEngine makes an engine. A token's index in the vocabulary is its id; "" is an id without one.
// Of equal tokens the last one counts, as in the reference.
func newEngine(vocabulary []string, unk int32, r rules) (*engine, error) {
	if len(vocabulary) == 0 {
		return nil, errors.New("wordpiece: the vocabulary is empty")
	}
	if unk < 0 || int(unk) >= len(vocabulary) {
		return nil, fmt.Errorf("wordpiece: the unknown token has the id %d, outside the vocabulary of %d", unk, len(vocabulary))
	}
	if r.MaxWord <= 0 {
		return nil, fmt.Errorf("wordpiece: a word may have %d code points, expected at least 1 (BERT: 100)", r.MaxWord)
	}
	e := &engine{points: readCodePoints(), rules: r, unk: unk, ids: make(map[string]int32, len(vocabulary))}
	for id, token := range vocabulary {
		if token != "" {
			e.ids[token] = int32(id)
		}
	}
	return e, nil
}

// normalizer returns a normalizer for one goroutine.
func (e *engine) normalizer() *normalizer { return &normalizer{codePoints: e.points, rules: e.rules} }

// appendIDs appends the ids of text, in which no added token is looked for.
func (e *engine) appendIDs(dst []int32, text string) []int32 {
	var p Pieces
	e.appendPieces(&p, text, 0, 0)
	return append(dst, p.IDs...)
}

// appendPieces appends the pieces of text. Offsets have base added, words are numbered from word on,
// and the number after the last one is returned.
func (e *engine) appendPieces(p *Pieces, text string, base, word int32) int32 {
	n := e.normalizer()
	return e.appendNormalized(p, n.normalize(text), base, word)
}

// appendNormalized appends the pieces of a text that is normalized already.
func (e *engine) appendNormalized(p *Pieces, text []aligned, base, word int32) int32 {
	e.normalizer().words(text, func(w []aligned) {
		e.cut(p, w, base, word)
		word++
	})
	return word
}

// cut appends the pieces of one word: greedily the longest that the vocabulary has.
func (e *engine) cut(p *Pieces, word []aligned, base, number int32) {
	before := len(p.IDs)
	for start := 0; start < len(word) && len(word) <= e.rules.MaxWord; {
		end := len(word)
		for ; end > start; end-- {
			piece := string(appendText(nil, word[start:end]))
			if start > 0 {
				piece = e.rules.Prefix + piece
			}
			if id, ok := e.ids[piece]; ok {
				p.add(id, base+word[start].start, base+word[end-1].end, number)
				break
			}
		}
		if end == start {
			break
		}
		if start = end; start == len(word) {
			return
		}
	}
	p.IDs, p.Starts, p.Ends, p.Words = p.IDs[:before], p.Starts[:before], p.Ends[:before], p.Words[:before]
	p.add(e.unk, base+word[0].start, base+word[len(word)-1].end, number)
}

// words returns a function, for one goroutine, that calls word with each normalized word of a text.
func (e *engine) words() func(text []byte, word func(word []byte)) {
	n := e.normalizer()
	var buffer []byte
	return func(text []byte, word func(word []byte)) {
		n.words(n.normalize(string(text)), func(w []aligned) {
			buffer = appendText(buffer[:0], w)
			word(buffer)
		})
	}
}
