package wordpiece

import (
	"encoding/json"
	"errors"
	"fmt"

	"gobert/internal/intake"
)

// spec judges the pipeline of a tokenizer.json, as Tokenizer.from_file of Hugging Face's tokenizers does.
func (f *tokenizerJSON) spec() (spec, error) {
	s := spec{vocabulary: f.Model.tokens, kept: kept{truncation: f.Truncation, padding: f.Padding}}
	s.options = Options{Unk: f.Model.Unk, Prefix: *f.Model.Prefix, MaxWord: *f.Model.MaxWord}.withDefaults()
	for _, a := range f.AddedTokens {
		s.options.Added = append(s.options.Added, a.token())
	}
	var errs []error
	errs = append(errs, f.normalizer(&s.options), f.preTokenizer(), f.decoder(&s.decoder))
	template, err := f.template()
	s.template = template
	errs = append(errs, err)
	return s, errors.Join(errs...)
}

// normalizer accepts BERT's, none, and a sequence of one.
func (f *tokenizerJSON) normalizer(o *Options) error {
	raw := f.Normalizer
	for !intake.IsNull(raw) {
		var n normalizerJSON
		if err := intake.Decode(raw, &n); err != nil {
			return fmt.Errorf("normalizer: %w", err)
		}
		switch {
		case n.Type == "BertNormalizer":
			o.CleanText, o.ChineseChars, o.StripAccents, o.Lowercase = n.CleanText, n.ChineseChars, n.StripAccents, n.Lowercase
			return nil
		case n.Type == "Sequence" && len(n.Normalizers) == 0:
			raw = nil
		case n.Type == "Sequence" && len(n.Normalizers) == 1:
			raw = n.Normalizers[0]
		default:
			return fmt.Errorf("the normalizer is %q, expected BertNormalizer: %w", n.Type, ErrNotWordPiece)
		}
	}
	return nil
}

func (f *tokenizerJSON) preTokenizer() error {
	var p struct {
		Type          string            `json:"type"`
		PreTokenizers []json.RawMessage `json:"pretokenizers"`
	}
	raw := f.PreTokenizer
	for !intake.IsNull(raw) {
		p.PreTokenizers = nil
		if err := intake.Decode(raw, &p); err != nil {
			return fmt.Errorf("pre_tokenizer: %w", err)
		}
		if p.Type == "BertPreTokenizer" {
			return nil
		}
		if p.Type != "Sequence" || len(p.PreTokenizers) != 1 {
			break
		}
		raw = p.PreTokenizers[0]
	}
	return fmt.Errorf("the pre_tokenizer is %q, expected BertPreTokenizer: %w", p.Type, ErrNotWordPiece)
}

func (f *tokenizerJSON) decoder(d *decoder) error {
	if intake.IsNull(f.Decoder) {
		d.spaces = true
		return nil
	}
	var p struct {
		Type    string `json:"type"`
		Prefix  string `json:"prefix"`
		Cleanup bool   `json:"cleanup"`
	}
	if err := intake.Decode(f.Decoder, &p); err != nil {
		return fmt.Errorf("decoder: %w", err)
	}
	if p.Type != "WordPiece" {
		return fmt.Errorf("the decoder is %q, expected WordPiece: %w", p.Type, ErrNotWordPiece)
	}
	d.prefix, d.cleanup = p.Prefix, p.Cleanup
	return nil
}

// slotJSON is a place of a template: one of the two is there.
type slotJSON struct {
	Sequence *struct {
		ID     string `json:"id"`
		TypeID int32  `json:"type_id"`
	} `json:"Sequence,omitempty"`
	SpecialToken *struct {
		ID     string `json:"id"`
		TypeID int32  `json:"type_id"`
	} `json:"SpecialToken,omitempty"`
}

type specialsJSON struct {
	ID     string   `json:"id"`
	IDs    []int32  `json:"ids"`
	Tokens []string `json:"tokens"`
}

type postJSON struct {
	Type          string                  `json:"type"`
	Single        []slotJSON              `json:"single,omitempty"`
	Pair          []slotJSON              `json:"pair,omitempty"`
	SpecialTokens map[string]specialsJSON `json:"special_tokens,omitempty"`
	Sep           []any                   `json:"sep,omitempty"`
	Cls           []any                   `json:"cls,omitempty"`
	Processors    []json.RawMessage       `json:"processors,omitempty"`
}

// template reads the post_processor, which must be one that BERT may have.
func (f *tokenizerJSON) template() (*Template, error) {
	raw := f.PostProcessor
	for !intake.IsNull(raw) {
		var p postJSON
		if err := intake.Decode(raw, &p); err != nil {
			return nil, fmt.Errorf("post_processor: %w", err)
		}
		if p.Type == "Sequence" && len(p.Processors) == 1 {
			raw = p.Processors[0]
			continue
		}
		if p.Type != "TemplateProcessing" && p.Type != "BertProcessing" {
			return nil, fmt.Errorf("the post_processor is %q, expected TemplateProcessing or BertProcessing: %w", p.Type, ErrNotWordPiece)
		}
		break
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
	if err := json.Unmarshal(raw, &p); err != nil {
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
	has := [2]bool{}
	for _, s := range append(t.single[:len(t.single):len(t.single)], t.pair...) {
		for i, id := range s.ids {
			if id < 0 || int(id) >= size {
				return fmt.Errorf("post_processor: %q has the id %d, expected one below %d", s.tokens[i], id, size)
			}
		}
	}
	for _, s := range t.pair {
		if s.text >= 0 {
			has[s.text] = true
		}
	}
	if !has[0] || !has[1] {
		return errors.New("post_processor: the template for pairs must use both texts")
	}
	for _, s := range t.single {
		if s.text > 0 {
			return errors.New("post_processor: the template for one text uses a second one")
		}
	}
	return nil
}
