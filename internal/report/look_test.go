package report

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"

	"gobert/data/wordpiece"
)

// tinyModel looks at all tokens alike, in 3 layers of 2 heads.
func tinyModel(t *testing.T) Model {
	t.Helper()
	tokenizer, err := wordpiece.New(strings.Fields("[PAD] [UNK] [CLS] [SEP] [MASK] the cat saw a dog ."), wordpiece.DefaultOptions(true))
	if err != nil {
		t.Fatal(err)
	}
	return Model{Tokenizer: tokenizer, Layers: 3, Heads: 2, Positions: 32, Types: 2, Attention: func(ids, types []int32) ([][][]float32, error) {
		n := len(ids)
		if types[0] != 0 || types[n-1] > 1 {
			return nil, errors.New("types are not those of a pair")
		}
		layer := make([]float32, 2*n*n)
		for i := range layer {
			layer[i] = 1 / float32(n)
		}
		return [][][]float32{{layer}, {layer}, {layer}}, nil
	}}
}

func TestLookAtPairs(t *testing.T) {
	m := tinyModel(t)
	own := func(int) []Pair { t.Error("own texts are shown beside those that were asked for"); return nil }
	a, err := m.Look([]string{"the cat saw a dog.", "the cat. [SEP] a dog."}, own)
	if err != nil {
		t.Fatal(err)
	}
	if a.Layers != 3 || a.Heads != 2 || len(a.Sentences) != 2 {
		t.Fatalf("%d layers, %d heads, %d sentences", a.Layers, a.Heads, len(a.Sentences))
	}
	if got := fmt.Sprint(a.Sentences[1].Tokens); got != "[[CLS] the cat . [SEP] a dog . [SEP]]" {
		t.Errorf("the tokens are %s", got)
	}
	const n = 8
	weights, err := base64.StdEncoding.DecodeString(a.Sentences[0].Weights)
	if err != nil || len(weights) != 3*2*n*n || weights[0] != 32 {
		t.Fatalf("%d weights, %v", len(weights), err)
	}
	if a, err := m.Look(nil, func(limit int) []Pair { return []Pair{{A: make([]int32, limit-2)}} }); err != nil || len(a.Sentences[0].Tokens) != 32 {
		t.Errorf("own texts: %v, %v", a, err)
	}
	if a, err := m.Look(nil, func(int) []Pair { return nil }); a != nil || err != nil {
		t.Errorf("of nothing: %v, %v", a, err)
	}
}

// TestLimitKeepsPagesSmall: whatever the model and however many texts, the weights as base64 leave room in 3 MB.
func TestLimitKeepsPagesSmall(t *testing.T) {
	for _, c := range []struct{ layers, heads, texts, want int }{{2, 2, 4, 40}, {12, 12, 4, 40}, {24, 16, 4, 31}, {12, 12, 20, 22}} {
		n := Model{Layers: c.layers, Heads: c.heads, Positions: 512}.limit(c.texts)
		if n != c.want {
			t.Errorf("%d texts of %d layers and %d heads: %d tokens, want %d", c.texts, c.layers, c.heads, n, c.want)
		}
		if size := c.texts * c.layers * c.heads * n * n * 4 / 3; size > 2_100_000 {
			t.Errorf("%d texts of %d layers take %d bytes", c.texts, c.layers, size)
		}
	}
}

func TestReadRefusesWhatCannotBeShown(t *testing.T) {
	m := tinyModel(t)
	for text, want := range map[string]string{"": "no words", "the [SEP] ": "no words", "the cat saw a dog the cat": "expected up to 8"} {
		if _, err := m.Read(text, 8); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
