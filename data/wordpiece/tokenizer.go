package wordpiece

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"gobert/internal/fault"
)

// A Tokenizer turns text into the ids of a BERT vocabulary and back. It is safe for use by several goroutines.
type Tokenizer struct {
	spec    spec
	engine  *engine
	tokens  []string // by id, added tokens included
	ids     map[string]int32
	special map[string]bool // contents of the added tokens that are special
	aliases map[int32]string
	raw     *matcher // added tokens that are looked for in the text as it is
	cooked  *matcher // and those that are looked for in the normalized text
	names   Special
}

// Special has the ids of the special tokens, -1 where there is none.
type Special struct{ Pad, Unk, Cls, Sep, Mask int32 }

// New makes a tokenizer of a vocabulary: a token's id is its index. Tokens that o adds and that are not in the vocabulary get
// the ids after it.
func New(vocabulary []string, o Options) (*Tokenizer, error) {
	if err := checkVocabulary(vocabulary, o.withDefaults().Unk); err != nil {
		return nil, fmt.Errorf("wordpiece: %w", err)
	}
	s := newSpec(vocabulary, o)
	if err := s.options.validate(); err != nil {
		return nil, fmt.Errorf("wordpiece: options: %w", err)
	}
	t, err := build(s)
	if err != nil {
		return nil, fmt.Errorf("wordpiece: %w", err)
	}
	return t, nil
}

// build makes a tokenizer of what a folder, or a program, says about it.
func build(s spec) (*Tokenizer, error) {
	t := &Tokenizer{spec: s, tokens: slices.Clone(s.vocabulary), special: map[string]bool{}, aliases: map[int32]string{}}
	t.ids = make(map[string]int32, len(t.tokens))
	for id, token := range t.tokens {
		t.ids[token] = int32(id)
	}
	unk, ok := t.ids[s.options.Unk]
	if !ok {
		return nil, fault.New("the unknown token %q is not in the vocabulary", s.options.Unk).Advise("add it, or name the one that is used")
	}
	var err error
	if t.engine, err = newEngine(s.vocabulary, unk, s.options.rules()); err != nil {
		return nil, err
	}
	t.add(s.options.Added)
	t.names = Special{t.idOf(s.options.Pad), unk, t.idOf(s.options.Cls), t.idOf(s.options.Sep), t.idOf(s.options.Mask)}
	if s.template == nil {
		template := plainTemplate()
		if t.names.Cls >= 0 && t.names.Sep >= 0 {
			template = t.bertTemplate()
		}
		t.spec.template = &template
	}
	return t, t.spec.template.check(len(t.tokens))
}

// add gives ids to added tokens and makes the matchers. Of a token that is added twice the later flags count.
func (t *Tokenizer) add(added []AddedToken) {
	found := map[int32]foundToken{}
	for _, a := range added {
		if a.Content == "" {
			continue
		}
		id, ok := t.ids[a.Content]
		if !ok {
			id = int32(len(t.tokens))
			t.tokens = append(t.tokens, a.Content)
			t.ids[a.Content] = id
		}
		if a.Special {
			t.special[a.Content] = true
		}
		found[id] = foundToken{id, a}
	}
	t.spec.added = nil
	for _, id := range slices.Sorted(maps.Keys(found)) {
		f := found[id]
		t.spec.added = append(t.spec.added, f)
		if !f.Normalized {
			t.raw = t.raw.add(f.Content, f)
			continue
		}
		pattern := string(appendText(nil, t.engine.normalizer().normalize(f.Content)))
		if pattern != f.Content {
			t.aliases[id] = pattern
		}
		t.cooked = t.cooked.add(pattern, f)
	}
}

// idOf is the id of a special token, -1 where it is missing.
func (t *Tokenizer) idOf(token string) int32 {
	if id, ok := t.ids[token]; ok && token != "" {
		return id
	}
	return -1
}

// decoded is a token as Decode writes it: one that is looked for in normalized form is written so.
func (t *Tokenizer) decoded(id int32) (string, bool) {
	if alias, ok := t.aliases[id]; ok {
		return alias, true
	}
	return t.Token(id), id >= 0 && int(id) < len(t.tokens)
}

// Size returns the number of ids, which are 0 to Size()-1, added tokens included.
func (t *Tokenizer) Size() int { return len(t.tokens) }

// Token returns the token of an id, "" where the vocabulary has none.
func (t *Tokenizer) Token(id int32) string {
	if id < 0 || int(id) >= len(t.tokens) {
		return ""
	}
	return t.tokens[id]
}

// ID returns the id of a token; ok is false where the vocabulary has none.
func (t *Tokenizer) ID(token string) (id int32, ok bool) {
	id, ok = t.ids[token]
	return id, ok
}

// Special returns the ids of the special tokens.
func (t *Tokenizer) Special() Special { return t.names }

// Added returns the added tokens in the order of their ids.
func (t *Tokenizer) Added() []AddedToken {
	var added []AddedToken
	for _, f := range t.spec.added {
		added = append(added, f.AddedToken)
	}
	return added
}

// MaxLength returns the longest input of the model that the tokenizer belongs to, special tokens included; 0: not known.
func (t *Tokenizer) MaxLength() int { return t.spec.options.MaxLength }

// Lowercase reports whether the tokenizer makes text lower case: whether it is uncased.
func (t *Tokenizer) Lowercase() bool { return t.spec.options.Lowercase }

// Sections returns what tokenizer.json says of truncation and padding, which the calls of this package do not go by.
func (t *Tokenizer) Sections() (truncation, padding json.RawMessage) {
	return t.spec.kept.truncation, t.spec.kept.padding
}

// VocabularySize returns the number of ids without those of the tokens that were added behind the vocabulary.
func (t *Tokenizer) VocabularySize() int { return len(t.spec.vocabulary) }

// With is the tokenizer with other added tokens.
func (t *Tokenizer) With(added []AddedToken) *Tokenizer {
	u := &Tokenizer{spec: t.spec, engine: t.engine, names: t.names, special: map[string]bool{}, aliases: map[int32]string{}}
	u.tokens, u.ids = slices.Clone(t.tokens), maps.Clone(t.ids)
	u.add(added)
	return u
}
