package wordpiece

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gobert/internal/intake"
)

// spec judges the pipeline of a tokenizer.json, as Tokenizer.from_file of Hugging Face's tokenizers does.
func (f *tokenizerJSON) spec() (spec, error) {
	s := spec{vocabulary: f.Model.tokens, kept: kept{truncation: f.Truncation, padding: f.Padding}}
	s.options = Options{Unk: f.Model.Unk, Prefix: *f.Model.Prefix, MaxWord: *f.Model.MaxWord}.withDefaults()
	for _, a := range f.AddedTokens {
		s.options.Added = append(s.options.Added, a.token())
	}
	template, err := f.template()
	s.template = template
	return s, errors.Join(f.normalizer(&s.options), f.preTokenizer(), f.decoder(&s.decoder), err)
}

// step is what stands for a part of the pipeline, out of sequences of one; nil: nothing.
func step(part string, raw json.RawMessage, expected ...string) (json.RawMessage, error) {
	for !intake.IsNull(raw) {
		var s struct {
			Type          string            `json:"type"`
			Normalizers   []json.RawMessage `json:"normalizers"`
			PreTokenizers []json.RawMessage `json:"pretokenizers"`
			Processors    []json.RawMessage `json:"processors"`
		}
		if err := intake.Decode(raw, &s); err != nil {
			return nil, fmt.Errorf("%s: %w", part, err)
		}
		steps := slices.Concat(s.Normalizers, s.PreTokenizers, s.Processors)
		switch {
		case slices.Contains(expected, s.Type):
			return raw, nil
		case s.Type == "Sequence" && len(steps) == 1:
			raw = steps[0]
		case s.Type == "Sequence" && len(steps) == 0 && part == "normalizer":
			return nil, nil
		default:
			return nil, notWordPiece(part, s.Type, expected)
		}
	}
	return nil, nil
}

func notWordPiece(part, kind string, expected []string) error {
	return fmt.Errorf("the %s is %q, expected %s: %w", part, kind, strings.Join(expected, " or "), ErrNotWordPiece)
}

// normalizer accepts BERT's, none, and a sequence of one.
func (f *tokenizerJSON) normalizer(o *Options) error {
	raw, err := step("normalizer", f.Normalizer, "BertNormalizer")
	if raw == nil {
		return err
	}
	var n normalizerJSON
	if err := intake.Decode(raw, &n); err != nil {
		return fmt.Errorf("normalizer: %w", err)
	}
	o.CleanText, o.ChineseChars, o.StripAccents, o.Lowercase = n.CleanText, n.ChineseChars, n.StripAccents, n.Lowercase
	return nil
}

func (f *tokenizerJSON) preTokenizer() error {
	const part, expected = "pre_tokenizer", "BertPreTokenizer"
	raw, err := step(part, f.PreTokenizer, expected)
	if raw == nil && err == nil {
		return notWordPiece(part, "", []string{expected})
	}
	return err
}

func (f *tokenizerJSON) decoder(d *decoder) error {
	raw, err := step("decoder", f.Decoder, "WordPiece")
	if raw == nil {
		d.spaces = true
		return err
	}
	var p decoderJSON
	if err := intake.Decode(raw, &p); err != nil {
		return fmt.Errorf("decoder: %w", err)
	}
	d.prefix, d.cleanup = p.Prefix, p.Cleanup
	return nil
}

// decoderJSON, like what is below, is written with its keys in the order of the alphabet.
type decoderJSON struct {
	Cleanup bool   `json:"cleanup"`
	Prefix  string `json:"prefix"`
	Type    string `json:"type"`
}

// slotJSON is a place of a template: one of the two is there.
type slotJSON struct {
	Sequence     *placeJSON `json:"Sequence,omitempty"`
	SpecialToken *placeJSON `json:"SpecialToken,omitempty"`
}

type placeJSON struct {
	ID     string `json:"id"`
	TypeID int32  `json:"type_id"`
}

type specialsJSON struct {
	ID     string   `json:"id"`
	IDs    []int32  `json:"ids"`
	Tokens []string `json:"tokens"`
}

type postJSON struct {
	Pair          []slotJSON              `json:"pair"`
	Single        []slotJSON              `json:"single"`
	SpecialTokens map[string]specialsJSON `json:"special_tokens"`
	Type          string                  `json:"type"`
	Sep           []any                   `json:"sep,omitempty"`
	Cls           []any                   `json:"cls,omitempty"`
	Processors    []json.RawMessage       `json:"processors,omitempty"`
}

// template reads the post_processor, which must be one that BERT may have.
func (f *tokenizerJSON) template() (*Template, error) {
	raw, err := step("post_processor", f.PostProcessor, "TemplateProcessing", "BertProcessing")
	if err != nil {
		return nil, err
	}
	t, err := ParseTemplate(raw)
	return &t, err
}

// ParseTemplate reads the post_processor of a tokenizer of any kind: the last of a sequence that adds something counts, and one
// that is not known adds nothing.
func ParseTemplate(raw json.RawMessage) (Template, error) {
	result := plainTemplate()
	if intake.IsNull(raw) {
		return result, nil
	}
	var p postJSON
	if err := intake.Decode(raw, &p); err != nil {
		return result, fmt.Errorf("post_processor: %w", err)
	}
	switch p.Type {
	case "TemplateProcessing":
		return p.template()
	case "BertProcessing", "RobertaProcessing":
		return p.bert()
	}
	for _, raw := range p.Processors {
		t, err := ParseTemplate(raw)
		if err != nil {
			return result, err
		}
		if t.added(false) > 0 {
			result = t
		}
	}
	return result, nil
}

// template reads both forms of a template.
func (p postJSON) template() (Template, error) {
	read := func(places []slotJSON) ([]slot, error) {
		var slots []slot
		for i, place := range places {
			switch {
			case place.Sequence != nil && (place.Sequence.ID == "A" || place.Sequence.ID == "B"):
				slots = append(slots, slot{text: int(place.Sequence.ID[0] - 'A'), typeID: place.Sequence.TypeID})
			case place.SpecialToken != nil:
				s, ok := p.SpecialTokens[place.SpecialToken.ID]
				if !ok || len(s.IDs) != len(s.Tokens) {
					return nil, fmt.Errorf("post_processor: special_tokens lacks %q or has not an id for each of its tokens", place.SpecialToken.ID)
				}
				slots = append(slots, slot{text: -1, typeID: place.SpecialToken.TypeID, name: place.SpecialToken.ID, ids: s.IDs, tokens: s.Tokens})
			default:
				return nil, fmt.Errorf("post_processor: place %d of the template is neither a sequence A or B nor a special token", i)
			}
		}
		return slots, nil
	}
	single, err1 := read(p.Single)
	pair, err2 := read(p.Pair)
	return Template{single, pair}, errors.Join(err1, err2)
}

// bert reads the older form, which has no template. RoBERTa's is <s> A </s> </s> B </s>, all of segment 0.
func (p postJSON) bert() (Template, error) {
	read := func(pair []any) (string, int32, bool) {
		if len(pair) != 2 {
			return "", 0, false
		}
		token, ok := pair[0].(string)
		id, isNumber := pair[1].(float64)
		return token, int32(id), ok && isNumber
	}
	cls, clsID, ok1 := read(p.Cls)
	sep, sepID, ok2 := read(p.Sep)
	if !ok1 || !ok2 {
		return Template{}, errors.New("post_processor: cls or sep is no pair of a token and its id")
	}
	t := bertTemplate(cls, sep, clsID, sepID)
	if p.Type == "RobertaProcessing" {
		begin, end := t.single[0], t.single[2]
		t.pair = []slot{begin, {text: 0}, end, end, {text: 1}, end}
	}
	return t, nil
}

// check looks for both texts and for ids that the vocabulary does not have.
func (t *Template) check(size int) error {
	for _, s := range slices.Concat(t.single, t.pair) {
		for i, id := range s.ids {
			if id < 0 || int(id) >= size {
				return fmt.Errorf("post_processor: %q has the id %d, expected one below %d", s.tokens[i], id, size)
			}
		}
	}
	uses := func(slots []slot, text int) bool {
		return slices.ContainsFunc(slots, func(s slot) bool { return s.text == text })
	}
	switch {
	case !uses(t.pair, 0) || !uses(t.pair, 1):
		return errors.New("post_processor: the template for pairs must use both texts")
	case uses(t.single, 1):
		return errors.New("post_processor: the template for one text uses a second one")
	}
	return nil
}
