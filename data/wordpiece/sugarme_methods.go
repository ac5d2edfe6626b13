package wordpiece

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/sugarme/tokenizer"

	"gobert/internal/jsonfile"
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
	return batch[0].Sugarme(offsets), nil
}

// EncodeBatch encodes inputs on all cores and keeps their order.
func (p *Pipeline) EncodeBatch(inputs []tokenizer.EncodeInput, addSpecialTokens bool) ([]tokenizer.Encoding, error) {
	batch, err := p.encode(inputs, addSpecialTokens)
	if err != nil {
		return nil, err
	}
	encodings := make([]tokenizer.Encoding, len(batch))
	for i, e := range batch {
		encodings[i] = *e.Sugarme(tokenizer.Byte)
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
		return p.own.Decode(int32s(ids), skipSpecialTokens, false)
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
	// Decoding has no errors.
	_, _ = each(len(sentences), 0, chunkInputs, func(i int) error {
		texts[i] = p.Decode(sentences[i], skipSpecialTokens)
		return nil
	})
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
	return p.own.tokens[id], true
}

// GetVocab returns the tokens and their ids.
func (p *Pipeline) GetVocab(withAddedTokens bool) map[string]int {
	return p.vocabulary(withAddedTokens)
}

// GetVocabSize returns the number of tokens.
func (p *Pipeline) GetVocabSize(withAddedTokens bool) int { return len(p.vocabulary(withAddedTokens)) }

// GetSpecialTokens returns the special tokens.
func (p *Pipeline) GetSpecialTokens() []string {
	if p.own == nil {
		return p.other.GetSpecialTokens()
	}
	var tokens []string
	for _, f := range p.own.spec.added {
		if f.Special {
			tokens = append(tokens, f.Content)
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
		added = append(added, AddedToken{a.Content, a.SingleWord, a.LStrip, a.RStrip, a.Normalized && !special, special})
	}
	p.own = p.own.with(added)
	return len(p.own.spec.added) - len(before)
}

// WithTruncation sets how long inputs are cut off; nil: not at all.
func (p *Pipeline) WithTruncation(truncation *tokenizer.TruncationParams) { p.truncation = truncation }

// GetTruncation returns what WithTruncation set.
func (p *Pipeline) GetTruncation() *tokenizer.TruncationParams { return p.truncation }

// WithPadding sets how encodings are filled up; nil: not at all.
func (p *Pipeline) WithPadding(padding *tokenizer.PaddingParams) { p.padding = padding }

// GetPadding returns what WithPadding set.
func (p *Pipeline) GetPadding() *tokenizer.PaddingParams { return p.padding }

// sections takes the truncation and padding of tokenizer.json over.
func (p *Pipeline) sections(truncation, pad json.RawMessage) error {
	if !jsonfile.IsNull(truncation) {
		var t struct {
			MaxLength int    `json:"max_length"`
			Strategy  string `json:"strategy"`
			Stride    int    `json:"stride"`
		}
		if err := json.Unmarshal(truncation, &t); err != nil {
			return fmt.Errorf("wordpiece: opening tokenizer: truncation: %w", err)
		}
		strategies := map[string]tokenizer.TruncationStrategy{
			"": tokenizer.LongestFirst, "LongestFirst": tokenizer.LongestFirst, "OnlyFirst": tokenizer.OnlyFirst, "OnlySecond": tokenizer.OnlySecond,
		}
		strategy, ok := strategies[t.Strategy]
		if !ok || t.MaxLength < 0 || t.Stride < 0 {
			return fmt.Errorf("wordpiece: opening tokenizer: truncation: %s is none that is known", truncation)
		}
		p.truncation = &tokenizer.TruncationParams{MaxLength: t.MaxLength, Strategy: strategy, Stride: t.Stride}
	}
	if jsonfile.IsNull(pad) {
		return nil
	}
	var f struct {
		Strategy  any    `json:"strategy"`
		Direction string `json:"direction"`
		PadID     int    `json:"pad_id"`
		PadTypeID int    `json:"pad_type_id"`
		PadToken  string `json:"pad_token"`
	}
	if err := json.Unmarshal(pad, &f); err != nil {
		return fmt.Errorf("wordpiece: opening tokenizer: padding: %w", err)
	}
	strategy := tokenizer.NewPaddingStrategy()
	if fixed, ok := f.Strategy.(map[string]any); ok {
		if n, ok := fixed["Fixed"].(float64); ok {
			strategy = tokenizer.NewPaddingStrategy(tokenizer.WithFixed(int(n)))
		}
	}
	direction := tokenizer.Right
	if strings.EqualFold(f.Direction, "left") {
		direction = tokenizer.Left
	}
	p.padding = &tokenizer.PaddingParams{
		Strategy: *strategy, Direction: direction, PadId: f.PadID, PadTypeId: f.PadTypeID, PadToken: f.PadToken,
	}
	return nil
}
