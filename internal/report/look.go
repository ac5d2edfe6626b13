package report

import (
	"fmt"
	"math"
	"strings"

	"gobert/data/wordpiece"
	"gobert/internal/fault"
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

// Model is one whose attention a page shows.
type Model struct {
	Tokenizer                       *wordpiece.Tokenizer
	Layers, Heads, Positions, Types int
	// Attention gives the weights of one input: [layer][sequence] of [A,T,T] probabilities.
	Attention func(ids, types []int32) ([][][]float32, error)
}

const (
	longest      = 40      // tokens: more cannot be read on a page
	mostWeights  = 1500000 // bytes of all attention weights; the page keeps below 3 MB with them
	fewestTokens = 12      // even of the largest model

	// ShownTexts are in the attention view where none are asked for.
	ShownTexts = 4
)

// limit is how many tokens a text may have for so many texts to fit a page.
func (m Model) limit(texts int) int {
	fit := math.Sqrt(float64(mostWeights) / float64(max(texts, 1)*m.Layers*m.Heads))
	return min(longest, m.Positions, max(fewestTokens, int(fit)))
}

// Look packs the attention of the sentences that were asked for, or else of what own finds within a number of tokens. Without
// any text there is nothing to look at.
func (m Model) Look(sentences []string, own func(limit int) []Pair) (*Attention, error) {
	var pairs []Pair
	if len(sentences) == 0 {
		pairs = own(m.limit(ShownTexts))
	}
	for _, text := range sentences {
		p, err := m.Read(text, m.limit(len(sentences)))
		if err != nil {
			return nil, err
		}
		pairs = append(pairs, p)
	}
	if len(pairs) == 0 {
		return nil, nil
	}
	a := &Attention{}
	for _, p := range pairs {
		if err := m.add(a, p); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// add runs the model over a pair and packs its attention.
func (m Model) add(a *Attention, p Pair) error {
	tokens, layers, err := m.Weights(p)
	if err != nil {
		return fmt.Errorf("report: looking at attention: %w", err)
	}
	return a.Add(tokens, layers)
}

// Weights runs the model over a pair: the T tokens that it reads, special ones included, and of each layer how much each looks at each,
// [A,T,T] probabilities.
func (m Model) Weights(p Pair) (tokens []string, layers [][]float32, err error) {
	var ids, types []int32
	special := m.Tokenizer.Special()
	put := func(kind int32, list ...int32) {
		for _, id := range list {
			ids, types, tokens = append(ids, id), append(types, kind), append(tokens, m.Tokenizer.Token(id))
		}
	}
	put(0, special.Cls)
	put(0, p.A...)
	put(0, special.Sep)
	if p.B != nil {
		kind := int32(min(1, m.Types-1))
		put(kind, p.B...)
		put(kind, special.Sep)
	}
	weights, err := m.Attention(ids, types)
	for _, sequences := range weights {
		layers = append(layers, sequences[0])
	}
	return tokens, layers, err
}

// Read cuts a text into tokens; "A [SEP] B" is a pair. More tokens than the limit are an error.
func (m Model) Read(text string, limit int) (Pair, error) {
	a, b, two := strings.Cut(text, "[SEP]")
	p := Pair{A: m.Tokenizer.AppendIDs(nil, strings.TrimSpace(a))}
	if two {
		p.B = m.Tokenizer.AppendIDs([]int32{}, strings.TrimSpace(b))
	}
	if len(p.A) == 0 || two && len(p.B) == 0 {
		return p, fault.New("report: %q has no words", text).Advise("give a text, or two as \"A [SEP] B\"")
	}
	if n := p.Tokens(); n > limit {
		return p, fault.New("report: %q has %d tokens, expected up to %d to look at", text, n, limit).Advise("give a shorter text, or fewer texts of a large model")
	}
	return p, nil
}
