package page

import (
	"fmt"
	"math"
	"strings"

	"gobert/bert"
	"gobert/data/wordpiece"
	"gobert/internal/report"
)

// Pair is one text or two, as token ids without special ones; B is nil where there is one.
type Pair struct{ A, B []int32 }

// Tokens counts the pair's tokens, special ones included.
func (p Pair) Tokens() int {
	if p.B == nil {
		return len(p.A) + 2
	}
	return len(p.A) + len(p.B) + 3
}

const (
	longest      = 40      // tokens: more cannot be read on a page
	mostWeights  = 1500000 // bytes of all attention weights; the page keeps below 3 MB with them
	fewestTokens = 12      // even of the largest model
)

// Limit is how many tokens a text may have for so many texts to fit a page.
func Limit(c bert.Config, texts int) int {
	fit := math.Sqrt(float64(mostWeights) / float64(max(texts, 1)*c.NumLayers*c.NumHeads))
	return min(longest, c.MaxPositions, max(fewestTokens, int(fit)))
}

// Attention runs the model over texts and packs all attention weights.
func Attention(m *bert.Model, t *wordpiece.Tokenizer, texts []Pair) (*report.Attention, error) {
	a := &report.Attention{}
	special := t.Special()
	for _, text := range texts {
		in := bert.Input{}
		put := func(kind int32, ids ...int32) {
			for _, id := range ids {
				in.IDs, in.Types = append(in.IDs, id), append(in.Types, kind)
			}
		}
		put(0, special.Cls)
		put(0, text.A...)
		put(0, special.Sep)
		if text.B != nil {
			kind := int32(min(1, m.Config.TypeVocabSize-1))
			put(kind, text.B...)
			put(kind, special.Sep)
		}
		in.Offsets = []int32{0, int32(len(in.IDs))}
		out, err := m.Encode(in, bert.Want{Attention: true})
		if err != nil {
			return nil, fmt.Errorf("page: looking at attention: %w", err)
		}
		layers := make([][]float32, len(out.Attention))
		for l, sequences := range out.Attention {
			layers[l] = sequences[0]
		}
		tokens := make([]string, len(in.IDs))
		for i, id := range in.IDs {
			tokens[i] = t.Token(id)
		}
		if err := a.Add(tokens, layers); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// Read cuts a text into tokens; "A [SEP] B" is a pair. More tokens than the limit are an error.
func Read(t *wordpiece.Tokenizer, text string, limit int) (Pair, error) {
	a, b, two := strings.Cut(text, "[SEP]")
	p := Pair{A: t.AppendIDs(nil, strings.TrimSpace(a))}
	if two {
		p.B = t.AppendIDs([]int32{}, strings.TrimSpace(b))
	}
	if len(p.A) == 0 || two && len(p.B) == 0 {
		return p, fmt.Errorf("page: %q has no words (hint: give a text, or two as \"A [SEP] B\")", text)
	}
	if n := p.Tokens(); n > limit {
		return p, fmt.Errorf("page: %q has %d tokens, the attention view shows up to %d (hint: give a shorter text, or fewer texts of a large model)", text, n, limit)
	}
	return p, nil
}
