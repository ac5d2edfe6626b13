package wordpiece

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"gobert/internal/fault"
	"gobert/internal/intake"
)

// tokenizerJSON is the file tokenizer.json of Hugging Face's tokenizers, version 1.0.
type tokenizerJSON struct {
	Version       string          `json:"version"`
	Truncation    json.RawMessage `json:"truncation"`
	Padding       json.RawMessage `json:"padding"`
	AddedTokens   []addedJSON     `json:"added_tokens"`
	Normalizer    json.RawMessage `json:"normalizer"`
	PreTokenizer  json.RawMessage `json:"pre_tokenizer"`
	PostProcessor json.RawMessage `json:"post_processor"`
	Decoder       json.RawMessage `json:"decoder"`
	Model         modelJSON       `json:"model"`

	path string
}

type addedJSON struct {
	ID         int32  `json:"id"`
	Content    string `json:"content"`
	SingleWord bool   `json:"single_word"`
	LStrip     bool   `json:"lstrip"`
	RStrip     bool   `json:"rstrip"`
	Normalized bool   `json:"normalized"`
	Special    bool   `json:"special"`
}

func (a addedJSON) token() AddedToken {
	return AddedToken{a.Content, a.SingleWord, a.LStrip, a.RStrip, a.Normalized, a.Special}
}

type modelJSON struct {
	Type    string          `json:"type"`
	Unk     string          `json:"unk_token"`
	Prefix  *string         `json:"continuing_subword_prefix"`
	MaxWord *int            `json:"max_input_chars_per_word"`
	Vocab   json.RawMessage `json:"vocab"`
	tokens  []string
}

type normalizerJSON struct {
	Type         string `json:"type"`
	CleanText    bool   `json:"clean_text"`
	ChineseChars bool   `json:"handle_chinese_chars"`
	StripAccents *bool  `json:"strip_accents"`
	Lowercase    bool   `json:"lowercase"`
}

// ErrNotWordPiece says that a tokenizer.json is for another kind of tokenizer.
var ErrNotWordPiece error = fault.New("not WordPiece as BERT has it").Advise("is this the folder of another kind of model?")

// readJSON reads a tokenizer.json without judging its pipeline.
func readJSON(path string) (*tokenizerJSON, error) {
	text, err := intake.ReadFile(path)
	if err != nil {
		return nil, err
	}
	f, err := parseJSON(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	f.path = path
	return f, nil
}

// parseJSON is the reading itself, apart from the file.
func parseJSON(text []byte) (*tokenizerJSON, error) {
	var f tokenizerJSON
	if err := intake.Decode(text, &f); err != nil {
		return nil, err
	}
	if f.Version != "1.0" && f.Version != "" {
		return nil, fmt.Errorf("version is %q, expected 1.0", f.Version)
	}
	m := &f.Model
	// Old files name no type; WordPiece is the kind that has these fields.
	if m.Type != "WordPiece" && (m.Type != "" || m.Prefix == nil || m.MaxWord == nil) {
		return nil, fmt.Errorf("the model's type is %q: %w", m.Type, ErrNotWordPiece)
	}
	if m.Unk == "" || m.Prefix == nil || m.MaxWord == nil || *m.MaxWord <= 0 {
		return nil, errors.New("model: unk_token, continuing_subword_prefix or max_input_chars_per_word is missing or not positive")
	}
	var err error
	if m.tokens, err = readVocab(text, m.Vocab); err != nil {
		return nil, err
	}
	if !slices.Contains(m.tokens, m.Unk) {
		return nil, fault.New("model: the vocabulary of %d has no %q, which is its unk_token", len(m.tokens), m.Unk).Advise("add it")
	}
	return &f, nil
}

// readVocab reads the object of tokens and ids. Each id from 0 on must be there once.
func readVocab(file, text json.RawMessage) ([]string, error) {
	base := max(bytes.Index(file, text), 0)
	d := json.NewDecoder(bytes.NewReader(text))
	at := func() int { return intake.Line(file, base+int(d.InputOffset())) }
	if first, err := d.Token(); err != nil || first != json.Delim('{') {
		return nil, fmt.Errorf("line %d: model.vocab is no object of tokens and ids", at())
	}
	ids := map[string]int{}
	highest := -1
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, fmt.Errorf("line %d: model.vocab: %w", at(), err)
		}
		token, _ := key.(string) // the keys of an object are strings
		var id int
		if err := d.Decode(&id); err != nil || id < 0 {
			return nil, fmt.Errorf("line %d: model.vocab: the id of %q is no number from 0 on", at(), token)
		}
		if old, again := ids[token]; again && old != id {
			return nil, fmt.Errorf("line %d: model.vocab: token %q has the ids %d and %d", at(), token, old, id)
		}
		ids[token] = id
		highest = max(highest, id)
	}
	if len(ids) == 0 {
		return nil, errors.New("model.vocab is empty, expected tokens and ids")
	}
	return inOrder(ids, highest)
}

// inOrder puts tokens at their ids.
func inOrder(ids map[string]int, highest int) ([]string, error) {
	if highest >= 2*len(ids)+1000 {
		return nil, fmt.Errorf("model.vocab has %d tokens and the id %d, expected the ids 0 to %d", len(ids), highest, len(ids)-1)
	}
	tokens := make([]string, highest+1)
	there := make([]bool, highest+1)
	for token, id := range ids {
		if there[id] {
			return nil, fmt.Errorf("model.vocab: %q and %q have the same id %d", min(token, tokens[id]), max(token, tokens[id]), id)
		}
		tokens[id], there[id] = token, true
	}
	if hole := slices.Index(there, false); hole >= 0 {
		return nil, fmt.Errorf("model.vocab: no token has the id %d, expected the ids 0 to %d without holes", hole, len(ids)-1)
	}
	return tokens, nil
}
