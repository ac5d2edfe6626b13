package report

import (
	"encoding/base64"
	"fmt"
	"math"
)

// Attention holds the attention weights of a few sentences, packed small enough for a page.
type Attention struct {
	Layers    int             `json:"layers"`
	Heads     int             `json:"heads"`
	Sentences []AttendedTexts `json:"sentences"`
}

// AttendedTexts is one input of the model and all its attention weights.
type AttendedTexts struct {
	Tokens  []string `json:"tokens"`
	Weights string   `json:"weights"` // base64 of [layer][head][from][to] bytes, 0 to 255 for 0 to 1
}

// Add packs the weights of one sentence: a layer is [A,T,T] of probabilities, for the T tokens.
func (a *Attention) Add(tokens []string, layers [][]float32) error {
	t := len(tokens)
	if len(layers) == 0 || t == 0 {
		return fmt.Errorf("report: attention of %d layers over %d tokens: expected at least one of each", len(layers), t)
	}
	heads := len(layers[0]) / (t * t)
	if a.Layers == 0 {
		a.Layers, a.Heads = len(layers), heads
	}
	packed := make([]byte, 0, len(layers)*heads*t*t)
	for i, layer := range layers {
		if len(layers) != a.Layers || len(layer) != a.Heads*t*t {
			return fmt.Errorf("report: attention of layer %d has %d weights, expected %d heads x %d x %d", i, len(layer), a.Heads, t, t)
		}
		for _, w := range layer {
			packed = append(packed, uint8(math.Round(255*float64(min(max(w, 0), 1)))))
		}
	}
	a.Sentences = append(a.Sentences, AttendedTexts{tokens, base64.StdEncoding.EncodeToString(packed)})
	return nil
}
