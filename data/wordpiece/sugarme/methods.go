package sugarme

import (
	"fmt"
	"maps"
	"strings"

	"github.com/sugarme/tokenizer"

	"gobert/data/wordpiece"
)

// EncodeSingle encodes one text. Offsets are in bytes, as in that module; see EncodeCharOffsets.
func (p *Pipeline) EncodeSingle(input string, addSpecialTokens ...bool) (*tokenizer.Encoding, error) {
	return p.Encode(tokenizer.NewSingleEncodeInput(tokenizer.NewInputSequence(input)), given(addSpecialTokens))
}

// EncodePair encodes two texts.
func (p *Pipeline) EncodePair(input, pair string, addSpecialTokens ...bool) (*tokenizer.Encoding, error) {
	in := tokenizer.NewDualEncodeInput(tokenizer.NewInputSequence(input), tokenizer.NewInputSequence(pair))
	return p.Encode(in, given(addSpecialTokens))
}

func given(option []bool) bool { return len(option) > 0 && option[0] }

// Encode encodes an input of that module, with offsets in bytes.
func (p *Pipeline) Encode(input tokenizer.EncodeInput, addSpecialTokens bool) (*tokenizer.Encoding, error) {
	return p.encodeOne(input, addSpecialTokens, tokenizer.Byte)
}

// EncodeCharOffsets encodes an input of that module, with offsets in code points.
func (p *Pipeline) EncodeCharOffsets(input tokenizer.EncodeInput, addSpecialTokens bool) (*tokenizer.Encoding, error) {
	return p.encodeOne(input, addSpecialTokens, tokenizer.Char)
}

func (p *Pipeline) encodeOne(input tokenizer.EncodeInput, special bool, offsets tokenizer.OffsetType) (*tokenizer.Encoding, error) {
	batch, err := p.encode([]tokenizer.EncodeInput{input}, special)
	if err != nil {
		return nil, err
	}
	return Encoding(batch[0], offsets), nil
}

// EncodeBatch encodes inputs on all cores and keeps their order.
func (p *Pipeline) EncodeBatch(inputs []tokenizer.EncodeInput, addSpecialTokens bool) ([]tokenizer.Encoding, error) {
	batch, err := p.encode(inputs, addSpecialTokens)
	if err != nil {
		return nil, err
	}
	encodings := make([]tokenizer.Encoding, len(batch))
	for i, e := range batch {
		encodings[i] = *Encoding(e, tokenizer.Byte)
	}
	return encodings, nil
}

// Tokenize returns the tokens of a text.
func (p *Pipeline) Tokenize(input string, addSpecialTokens ...bool) ([]string, error) {
	e, err := p.EncodeSingle(input, addSpecialTokens...)
	if err != nil {
		return nil, err
	}
	return e.Tokens, nil
}

// Decode turns ids into text. Where that module fails at it, the tokens are joined by spaces.
func (p *Pipeline) Decode(ids []int, skipSpecialTokens bool) string {
	if p.own != nil {
		return p.own.Decode(convert[int32](ids), skipSpecialTokens, false)
	}
	text := ""
	err := guard(fmt.Sprint(ids), func() error {
		text = p.other.Decode(ids, skipSpecialTokens)
		return nil
	})
	if err == nil {
		return text
	}
	var tokens []string
	for _, id := range ids {
		if token, ok := p.IdToToken(id); ok {
			tokens = append(tokens, token)
		}
	}
	return strings.Join(tokens, " ")
}

// DecodeBatch decodes several sequences and keeps their order.
func (p *Pipeline) DecodeBatch(sentences [][]int, skipSpecialTokens bool) []string {
	texts := make([]string, len(sentences))
	for i, ids := range sentences {
		texts[i] = p.Decode(ids, skipSpecialTokens)
	}
	return texts
}

// TokenToId returns the id of a token.
func (p *Pipeline) TokenToId(token string) (id int, ok bool) {
	if p.own != nil {
		id, ok := p.own.ID(token)
		return int(id), ok
	}
	return p.other.TokenToId(token)
}

// IdToToken returns the token of an id.
func (p *Pipeline) IdToToken(id int) (token string, ok bool) {
	if p.own == nil {
		return p.other.IdToToken(id)
	}
	if id < 0 || id >= p.own.Size() {
		return "", false
	}
	return p.own.Token(int32(id)), true
}

// GetVocab returns the tokens and their ids.
func (p *Pipeline) GetVocab(withAddedTokens bool) map[string]int {
	if p.own == nil {
		return maps.Clone(p.other.GetVocab(withAddedTokens))
	}
	n := p.GetVocabSize(withAddedTokens)
	m := make(map[string]int, n)
	for id := range n {
		m[p.own.Token(int32(id))] = id
	}
	return m
}

// GetVocabSize returns the number of tokens.
func (p *Pipeline) GetVocabSize(withAddedTokens bool) int {
	switch {
	case p.own == nil:
		return len(p.other.GetVocab(withAddedTokens))
	case withAddedTokens:
		return p.own.Size()
	}
	return p.own.VocabularySize()
}

// GetSpecialTokens returns the special tokens.
func (p *Pipeline) GetSpecialTokens() []string {
	if p.own == nil {
		return p.other.GetSpecialTokens()
	}
	var tokens []string
	for _, a := range p.own.Added() {
		if a.Special {
			tokens = append(tokens, a.Content)
		}
	}
	return tokens
}

// AddTokens adds tokens, and returns how many are new. Not while texts are encoded.
func (p *Pipeline) AddTokens(tokens []tokenizer.AddedToken) int { return p.addTokens(tokens, false) }

// AddSpecialTokens adds special tokens, and returns how many are new. Not while texts are encoded.
func (p *Pipeline) AddSpecialTokens(tokens []tokenizer.AddedToken) int {
	return p.addTokens(tokens, true)
}

func (p *Pipeline) addTokens(tokens []tokenizer.AddedToken, special bool) int {
	if p.own == nil {
		if special {
			return p.other.AddSpecialTokens(tokens)
		}
		return p.other.AddTokens(tokens)
	}
	before := p.own.Added()
	added := before
	for _, a := range tokens {
		added = append(added, wordpiece.AddedToken{
			Content: a.Content, SingleWord: a.SingleWord, LStrip: a.LStrip, RStrip: a.RStrip, Normalized: a.Normalized && !special, Special: special,
		})
	}
	p.own = p.own.With(added)
	return len(p.own.Added()) - len(before)
}

// WithTruncation sets how long inputs are cut off; nil: not at all.
func (p *Pipeline) WithTruncation(truncation *tokenizer.TruncationParams) { p.truncation = truncation }

// GetTruncation returns what WithTruncation set.
func (p *Pipeline) GetTruncation() *tokenizer.TruncationParams { return p.truncation }

// WithPadding sets how encodings are filled up; nil: not at all.
func (p *Pipeline) WithPadding(padding *tokenizer.PaddingParams) { p.padding = padding }

// GetPadding returns what WithPadding set.
func (p *Pipeline) GetPadding() *tokenizer.PaddingParams { return p.padding }
