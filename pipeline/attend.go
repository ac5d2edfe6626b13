package pipeline

import (
	"context"
	"slices"
	"strings"

	"gobert/internal/fault"
)

// Attended is where the tokens of a text look, in each head of each layer.
type Attended struct {
	Tokens []string   `json:"tokens"` // [T] as the model reads them, special ones included
	Heads  []LookedAt `json:"heads"`  // of the first layer, the second, ...
}

// LookedAt is what one head does.
type LookedAt struct {
	Layer   int         `json:"layer"` // from 1 on, as the head
	Head    int         `json:"head"`
	Weights [][]float32 `json:"weights"` // [T][T] of the token that looks, the token looked at: probabilities, a row's sum is 1
}

// Attend says which token looks at which. "A [SEP] B" is a pair. Every model can be asked.
func (p *Pipeline) Attend(ctx context.Context, texts []string) ([]Attended, error) {
	look := p.Model.Attending()
	out := make([]Attended, 0, len(texts))
	for _, text := range texts {
		pair, err := look.Read(text, p.Model.Positions())
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, err
		}
		tokens, layers, err := look.Weights(pair)
		if err != nil {
			return nil, err
		}
		a := Attended{Tokens: tokens}
		for l, layer := range layers {
			for h := range look.Heads {
				size := len(tokens) * len(tokens)
				a.Heads = append(a.Heads, LookedAt{l + 1, h + 1, slices.Collect(slices.Chunk(layer[h*size:(h+1)*size], len(tokens)))})
			}
		}
		out = append(out, a)
	}
	return out, nil
}

// Places finds a word among the tokens, as it was written or in small letters: where each of its occurrences begins.
func (a Attended) Places(word string) (places []int, err error) {
	for i, token := range a.Tokens {
		if token == word || token == strings.ToLower(word) {
			places = append(places, i)
		}
	}
	if len(places) == 0 {
		return nil, fault.New("pipeline: the text has no token %q", word).Advise("it has %s", strings.Join(a.Tokens, " "))
	}
	return places, nil
}
