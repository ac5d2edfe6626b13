package main

import (
	"context"
	"errors"

	"gobert/bert"
	"gobert/data/wordpiece"
	"gobert/heads"
	"gobert/train"
)

const width = 64 // of a vector

// Matcher gives texts vectors: an encoder, a linear map and a norm. The tags are the names of the weights in a checkpoint.
type Matcher struct {
	Bert    *bert.Model     `hf:"bert"`
	Project *bert.Linear    `hf:"project"` // [64,H]
	Norm    *bert.LayerNorm `hf:"norm"`    // [64]
}

// Encoder is what the head stands on; Architecture is what config.json calls the whole.
func (m *Matcher) Encoder() *bert.Model { return m.Bert }
func (m *Matcher) Architecture() string { return "Matcher" }

// OpenMatcher makes one of a folder; where that holds an encoder alone, the head is drawn anew.
func OpenMatcher(ctx context.Context, folder string) (*Matcher, error) {
	c, err := bert.Open(ctx, folder, nil)
	if err != nil {
		return nil, err
	}
	encoder, err := bert.New(c.Config, false)
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	m := &Matcher{encoder, bert.NewLinear(c.Config.HiddenSize, width), bert.NewLayerNorm(width)}
	_, err = c.Place(m, bert.Options{Seed: 1})
	return m, err
}

// Vectors gives the vectors of the texts of a batch, [B,64].
func (m *Matcher) Vectors(p *bert.Pass, b *wordpiece.Packed) (*bert.Tensor, error) {
	in, err := m.Bert.Config.Pack(p, bert.Packing{IDs: b.IDs, Types: b.Types, Offsets: b.Offsets})
	if err != nil {
		return nil, err
	}
	states := heads.Mean.Vectors(p, m.Bert, in) // [B,H]
	return m.Norm.Forward(p, m.Project.Forward(p, states), m.Bert.Config.LayerNormEps), nil
}

// Matching is the task: of the second half of a batch, each text of the first half has its partner in its own place.
type Matching struct{ *Matcher }

// Network, Tokens and FLOPs tell the trainer what it trains, and how much a batch is; 0: how busy the machine is will not be told.
func (t Matching) Network() bert.Network           { return t.Matcher }
func (t Matching) Tokens(b *wordpiece.Packed) int  { return len(b.IDs) }
func (t Matching) FLOPs(*wordpiece.Packed) float64 { return 0 }

// Loss is the cross-entropy of the right partner among those of the batch: the others are the wrong ones.
func (t Matching) Loss(p *bert.Pass, b *wordpiece.Packed, _ float64) (train.Outcome, error) {
	vectors, err := t.Vectors(p, b)
	if err != nil {
		return train.Outcome{}, err
	}
	n := int64(b.Len() / 2)
	places := make([]int64, n)
	for i := range places {
		places[i] = int64(i)
	}
	scores := p.Matmul(p.Narrow(vectors, 0, 0, n), p.Transpose(p.Narrow(vectors, 0, n, n), 0, 1)) // [n,n]
	loss := p.CrossEntropy(p.Scale(scores, 1.0/8), bert.From(p, places, n), nil, 0)
	return train.Outcome{Loss: loss, Measures: []train.Measure{{Name: "loss", Value: loss, Mean: true, Count: float64(n)}}}, nil
}
