package sugarme

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sugarme/tokenizer"
	"github.com/sugarme/tokenizer/pretrained"

	"gobert/data/wordpiece"
	"gobert/internal/intake"
)

// A Pipeline has the methods of *tokenizer.Tokenizer of that module.
type Pipeline struct {
	own        *wordpiece.Tokenizer // nil where the model is another kind
	other      *tokenizer.Tokenizer // nil where it is WordPiece
	template   wordpiece.Template   // of the other
	truncation *tokenizer.TruncationParams
	padding    *tokenizer.PaddingParams
}

// New gives a tokenizer the methods of that module, without truncation and padding.
func New(t *wordpiece.Tokenizer) *Pipeline { return &Pipeline{own: t} }

// Open opens a model's folder or a tokenizer.json of any kind. Its truncation and padding sections count, as they do in that
// module and in Hugging Face's tokenizers.
func Open(path string) (*Pipeline, error) {
	file := path
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		file = filepath.Join(path, "tokenizer.json")
	}
	own, err := wordpiece.Open(path)
	p := New(own)
	if err == nil {
		err = p.sections(own.Sections())
	} else if errors.Is(err, wordpiece.ErrNotWordPiece) {
		p, err = openOther(file)
	}
	if err != nil {
		return nil, fmt.Errorf("sugarme: %s: %w", file, err)
	}
	return p, nil
}

// openOther lets that module read a file, after a look at what would make it end the process.
func openOther(file string) (*Pipeline, error) {
	text, err := intake.ReadFile(file)
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
	if err := intake.Decode(text, &f); err != nil {
		return nil, err
	}
	if !slices.Contains([]string{"BPE", "Unigram", "WordLevel", "WordPiece"}, f.Model.Type) || len(f.Model.Vocab) < 3 {
		return nil, fmt.Errorf("the model's type is %q and its vocabulary has %d bytes, expected BPE, Unigram, WordLevel or WordPiece with tokens",
			f.Model.Type, len(f.Model.Vocab))
	}
	p := &Pipeline{}
	if p.template, err = wordpiece.ParseTemplate(f.PostProcessor); err != nil {
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

// guard calls f and makes an error of a panic.
func guard(text string, f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("sugarme/tokenizer failed at %.80q: %v", text, r)
		}
	}()
	return f()
}

// cut lets that module cut a text.
func (p *Pipeline) cut(pieces *wordpiece.Pieces, tokens *[]string, text string) error {
	valid := strings.ToValidUTF8(text, "\uFFFD")
	return guard(valid, func() error {
		s, err := p.other.EncodeSingleSequence(tokenizer.NewInputSequence(valid), 0, tokenizer.Byte)
		if err != nil {
			return fmt.Errorf("sugarme/tokenizer failed at %.80q: %w", valid, err)
		}
		appendPieces(pieces, tokens, s, text)
		return nil
	})
}

// encoder is what the settings of the pipeline mean.
func (p *Pipeline) encoder(special bool) (*wordpiece.Encoder, error) {
	e := &wordpiece.Encoder{Cut: p.cut, Template: p.template, NoSpecial: !special}
	if p.own != nil {
		var err error
		if e, err = p.own.Encoder(wordpiece.EncodeOptions{NoSpecial: !special, Truncation: wordpiece.DoNotTruncate}); err != nil {
			return nil, err
		}
	}
	e.Limit = -1
	if t := p.truncation; t != nil {
		e.Limit, e.Stride, e.Truncation = t.MaxLength, t.Stride, wordpiece.LongestFirst+wordpiece.Truncation(t.Strategy)
	}
	if pad := p.padding; pad != nil {
		e.Pad = &wordpiece.Pad{ID: int32(pad.PadId), TypeID: int32(pad.PadTypeId), Token: pad.PadToken, Length: -1}
		if pad.Direction == tokenizer.Left {
			e.Pad.Side = wordpiece.Left
		}
		if fixed, ok := pad.Strategy.Value.(int); ok {
			e.Pad.Length = fixed
		}
	}
	return e, nil
}

// encode encodes inputs of that module.
func (p *Pipeline) encode(inputs []tokenizer.EncodeInput, special bool) ([]*wordpiece.Encoding, error) {
	e, err := p.encoder(special)
	if err != nil {
		return nil, err
	}
	list := make([]wordpiece.Input, len(inputs))
	for i, in := range inputs {
		if list[i], err = inputOf(in); err != nil {
			return nil, fmt.Errorf("sugarme: encoding: input %d: %w", i, err)
		}
	}
	return e.Batch(list)
}

// sections takes the truncation and padding of tokenizer.json over.
func (p *Pipeline) sections(truncation, pad json.RawMessage) error {
	if !intake.IsNull(truncation) {
		var t struct {
			MaxLength int    `json:"max_length"`
			Strategy  string `json:"strategy"`
			Stride    int    `json:"stride"`
		}
		if err := json.Unmarshal(truncation, &t); err != nil {
			return fmt.Errorf("truncation: %w", err)
		}
		strategies := map[string]tokenizer.TruncationStrategy{
			"": tokenizer.LongestFirst, "LongestFirst": tokenizer.LongestFirst, "OnlyFirst": tokenizer.OnlyFirst, "OnlySecond": tokenizer.OnlySecond,
		}
		strategy, ok := strategies[t.Strategy]
		if !ok || t.MaxLength < 0 || t.Stride < 0 {
			return fmt.Errorf("truncation: %s is none that is known", truncation)
		}
		p.truncation = &tokenizer.TruncationParams{MaxLength: t.MaxLength, Strategy: strategy, Stride: t.Stride}
	}
	if intake.IsNull(pad) {
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
		return fmt.Errorf("padding: %w", err)
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
