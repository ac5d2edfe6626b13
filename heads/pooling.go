package heads

import (
	"encoding/json"
	"fmt"

	"gobert/bert"
	"gobert/internal/torch"
)

// Pooling says how the hidden states of a sequence become one vector.
type Pooling string

// The ways to pool.
const (
	CLS  Pooling = "cls"  // the first token; in a classifier through the pooler, as BERT does
	Mean Pooling = "mean" // of all tokens, [CLS] and [SEP] among them
	Max  Pooling = "max"  // the largest value of each dimension
)

// poolingField is where config.json keeps the pooling of a classifier, as ModernBERT's does.
const poolingField = "classifier_pooling"

// ParsePooling reads the name of a pooling.
func ParsePooling(name string) (Pooling, error) {
	switch p := Pooling(name); p {
	case CLS, Mean, Max:
		return p, nil
	}
	return "", fmt.Errorf("pooling %q is not known: expected cls, mean or max", name)
}

// SetPooling writes a classifier's pooling into a configuration, for [NewSequence] to read.
func SetPooling(c *bert.Config, pooling Pooling) {
	delete(c.Extra, poolingField)
	if pooling != CLS {
		if c.Extra == nil {
			c.Extra = map[string]json.RawMessage{}
		}
		c.Extra[poolingField] = json.RawMessage(`"` + pooling + `"`)
	}
}

// poolingOf reads it.
func poolingOf(c bert.Config) (Pooling, error) {
	text, ok := c.Extra[poolingField]
	if !ok {
		return CLS, nil
	}
	var name string
	if err := json.Unmarshal(text, &name); err != nil {
		return "", fmt.Errorf("heads: %s in config.json: %w", poolingField, err)
	}
	pooling, err := ParsePooling(name)
	if err != nil {
		return "", fmt.Errorf("heads: config.json: %w", err)
	}
	return pooling, nil
}

// Vectors gives a vector of each sequence for comparison, [B,H] in fp32, and computes no more of the encoder than it needs.
func (pooling Pooling) Vectors(p *torch.Pass, m *bert.Model, in *bert.Packed) *torch.Tensor {
	var counts *torch.Tensor // made before the encoder runs, they travel to a GPU together with the batch
	if pooling == Mean {
		var list []float32
		for _, n := range in.Lengths() {
			list = append(list, float32(n))
		}
		counts = torch.From(p, list, int64(len(list)), 1)
	}
	want := bert.Want{Spare: true}
	if pooling == CLS {
		want.Rows = in.Firsts()
	}
	states := p.Cast(m.Forward(p, in, want).Last, torch.Float32)
	switch pooling {
	case Mean:
		return p.Div(p.SumDim(p.PadRows(states, in.Sequences, 0), 1, torch.Float32), counts)
	case Max:
		return p.MaxDim(p.PadRows(states, in.Sequences, PaddedLogit), 1)
	}
	return states
}

// pooled is what BERT's own pooler makes of the sequences' first tokens, [B,H].
func pooled(p *torch.Pass, m *bert.Model, in *bert.Packed) *torch.Tensor {
	return m.Pool(p, m.Forward(p, in, bert.Want{Rows: in.Firsts()}).Last)
}
