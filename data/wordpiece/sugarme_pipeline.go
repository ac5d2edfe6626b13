package wordpiece

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sugarme/tokenizer"
	"github.com/sugarme/tokenizer/pretrained"

	"gobert/internal/jsonfile"
	"gobert/internal/limits"
)

// A Pipeline has the methods of *tokenizer.Tokenizer of github.com/sugarme/tokenizer, so that code written for that module moves
// over by changing the line that makes its tokenizer:
//
//	tk, err := wordpiece.OpenPipeline("tokenizer.json") // was pretrained.FromFile
//
// WordPiece is done by this package. Other kinds of tokenizer.json (BPE, Unigram, WordLevel) are cut into tokens by that module;
// special tokens, truncation and padding are done here, and a panic in it becomes an error that names the text.
type Pipeline struct {
	own        *Tokenizer           // nil where the model is another kind
	other      *tokenizer.Tokenizer // nil where it is WordPiece
	template   template
	truncation *tokenizer.TruncationParams
	padding    *tokenizer.PaddingParams
}

// OpenPipeline opens a model's folder or a tokenizer.json of any kind. Its truncation and padding sections count, as they do in
// that module and in Hugging Face's tokenizers.
func OpenPipeline(path string) (*Pipeline, error) {
	file := path
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		file = filepath.Join(path, "tokenizer.json")
	}
	own, err := Open(path)
	switch {
	case err == nil:
		p := own.Pipeline()
		return p, p.sections(own.spec.kept.truncation, own.spec.kept.padding)
	case !errors.Is(err, errNotWordPiece):
		return nil, err
	}
	p, err := openOther(file)
	if err != nil {
		return nil, fmt.Errorf("wordpiece: opening tokenizer: %s: %w", file, err)
	}
	return p, nil
}

// Pipeline returns the tokenizer with the methods of that module, without truncation and padding.
func (t *Tokenizer) Pipeline() *Pipeline { return &Pipeline{own: t, template: *t.spec.template} }

// openOther lets that module read a file, after a look at what would make it end the process.
func openOther(file string) (*Pipeline, error) {
	text, err := limits.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var f struct {
		Model struct {
			Type  string          `json:"type"`
			Vocab json.RawMessage `json:"vocab"`
		} `json:"model"`
		PostProcessor json.RawMessage `json:"post_processor"`
		Truncation    json.RawMessage `json:"truncation"`
		Padding       json.RawMessage `json:"padding"`
	}
	if err := jsonfile.Decode(text, &f); err != nil {
		return nil, err
	}
	if !slices.Contains([]string{"BPE", "Unigram", "WordLevel", "WordPiece"}, f.Model.Type) || len(f.Model.Vocab) < 3 {
		return nil, fmt.Errorf("the model's type is %q and its vocabulary has %d bytes, expected BPE, Unigram, WordLevel or WordPiece with tokens",
			f.Model.Type, len(f.Model.Vocab))
	}
	p := &Pipeline{}
	if p.template, err = otherTemplate(f.PostProcessor); err != nil {
		return nil, err
	}
	err = guard("", func() (err error) {
		p.other, err = pretrained.FromFile(file)
		return err
	})
	if err != nil {
		return nil, err
	}
	p.other.WithTruncation(nil)
	p.other.WithPadding(nil)
	return p, p.sections(f.Truncation, f.Padding)
}

// otherTemplate also knows the processors of other models: the last of a sequence that adds something counts.
func otherTemplate(raw json.RawMessage) (template, error) {
	if jsonfile.IsNull(raw) {
		return plainTemplate(), nil
	}
	var p postJSON
	if err := json.Unmarshal(raw, &p); err != nil {
		return template{}, fmt.Errorf("post_processor: %w", err)
	}
	switch p.Type {
	case "TemplateProcessing":
		t, err := p.template()
		if err != nil {
			return template{}, err
		}
		return *t, nil
	case "BertProcessing", "RobertaProcessing":
		t, err := p.bert()
		if err != nil {
			return template{}, err
		}
		if p.Type == "RobertaProcessing" {
			// <s> A </s> </s> B </s>, all of segment 0.
			begin, end := t.single[0], t.single[2]
			t.pair = []slot{begin, {text: 0}, end, end, {text: 1}, end}
		}
		return *t, nil
	case "Sequence":
		result := plainTemplate()
		for _, raw := range p.Processors {
			t, err := otherTemplate(raw)
			if err != nil {
				return template{}, err
			}
			if t.added(false) > 0 {
				result = t
			}
		}
		return result, nil
	}
	return plainTemplate(), nil
}

// guard calls f and makes an error of a panic.
func guard(text string, f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("sugarme/tokenizer failed at %.80q: %v", text, r)
		}
	}()
	return f()
}

// text encodes one text by that module.
func (p *Pipeline) text(text string, words []string) (*Encoding, error) {
	if words == nil {
		return p.one(text, -1)
	}
	whole := &Encoding{}
	for i, word := range words {
		e, err := p.one(word, int32(i))
		if err != nil {
			return nil, err
		}
		whole.merge(e)
	}
	return whole, nil
}

func (p *Pipeline) one(text string, word int32) (e *Encoding, err error) {
	text = strings.ToValidUTF8(text, "\uFFFD")
	err = guard(text, func() error {
		s, err := p.other.EncodeSingleSequence(tokenizer.NewInputSequence(text), 0, tokenizer.Byte)
		if err != nil {
			return fmt.Errorf("sugarme/tokenizer failed at %.80q: %w", text, err)
		}
		e = fromSugarme(s, text)
		return nil
	})
	if err == nil && word >= 0 {
		setAll(e.WordIDs, word)
	}
	return e, err
}

// plan is what the settings of the pipeline mean.
func (p *Pipeline) plan(special bool) (plan, error) {
	o := EncodeOptions{NoSpecial: !special, Truncation: DoNotTruncate}
	if p.truncation != nil {
		o.MaxLength, o.Stride = p.truncation.MaxLength, p.truncation.Stride
		o.Truncation = LongestFirst + Truncation(p.truncation.Strategy)
	}
	result := plan{EncodeOptions: o, template: p.template, text: p.text}
	if p.own != nil {
		var err error
		if result, err = p.own.plan(o); err != nil {
			return result, err
		}
	}
	result.limit, result.fixed = -1, -1
	if p.truncation != nil {
		result.limit = p.truncation.MaxLength
	}
	if pad := p.padding; pad != nil {
		result.Padding, result.pad = Longest, padding{id: int32(pad.PadId), token: pad.PadToken, side: Right, typeID: int32(pad.PadTypeId)}
		if pad.Direction == tokenizer.Left {
			result.pad.side = Left
		}
		if fixed, ok := pad.Strategy.Value.(int); ok {
			result.fixed = fixed
		}
	}
	return result, nil
}

// encode encodes inputs of that module.
func (p *Pipeline) encode(inputs []tokenizer.EncodeInput, special bool) ([]*Encoding, error) {
	plan, err := p.plan(special)
	if err != nil {
		return nil, err
	}
	list := make([]Input, len(inputs))
	for i, in := range inputs {
		if list[i], err = inputOf(in); err != nil {
			return nil, fmt.Errorf("wordpiece: encoding: input %d: %w", i, err)
		}
	}
	return plan.batch(list)
}

// vocabulary returns that module's tokens by id.
func (p *Pipeline) vocabulary(added bool) map[string]int {
	if p.own == nil {
		return maps.Clone(p.other.GetVocab(added))
	}
	tokens := p.own.tokens
	if !added {
		tokens = p.own.spec.vocabulary
	}
	m := make(map[string]int, len(tokens))
	for id, token := range tokens {
		m[token] = id
	}
	return m
}
