package bert

import (
	"fmt"

	"gobert/internal/torch"
)

// A Model is BERT's encoder with its pooler: the reference's BertModel.
type Model struct {
	Config     Config
	Embeddings *Embeddings `hf:"embeddings"`
	Layers     []*Layer    `hf:"encoder.layer"`
	Pooler     *Linear     `hf:"pooler.dense"` // nil where a checkpoint, or a head, has none

	// Recompute trades time for memory in training: a layer's inner activations are computed again in the backward pass.
	Recompute bool

	store      *Store      // flat memory, once the model was moved there
	checkpoint *Checkpoint // the mapped file, while parameters lie in it
	filled     Network     // what was filled from it: the model, or a head over it
	reordered  bool        // after [Model.Reorder]
	passes     int         // without gradients, since the weights changed
	closed     bool        // by [Model.Close]
	instead    Instead
}

// Architecture is the reference's class name, as config.json lists it.
func (m *Model) Architecture() string { return "BertModel" }

// Encoder is the model itself; heads give theirs.
func (m *Model) Encoder() *Model { return m }

// Prefix is what a checkpoint with a head writes before the encoder's names.
const Prefix = "bert"

// New declares a model. Its parameters get values from [Initialize] or from a checkpoint.
func New(c Config, pooler bool) (*Model, error) {
	if err := c.Validate(); err != nil {
		return nil, fmt.Errorf("bert: the configuration is not usable: %w", err)
	}
	if err := c.fits(); err != nil {
		return nil, fmt.Errorf("bert: %w", err)
	}
	m := &Model{Config: c, Embeddings: newEmbeddings(c)}
	for range c.NumLayers {
		m.Layers = append(m.Layers, newLayer(c))
	}
	if pooler {
		m.Pooler = NewLinear(c.HiddenSize, c.HiddenSize)
	}
	return m, nil
}

// Want says what a forward pass should give beside the last hidden states, and how much of these.
type Want struct {
	Hidden    bool // every layer's hidden states
	Attention bool // every layer's attention probabilities

	// Rows are the only ones that are wanted of the last layer, int32 [M], ascending; nil: all. The numbers are the same, and what only
	// the other rows need is left out.
	Rows *torch.Tensor
	// Spare keeps the rows behind the tokens, if the pass has some, for heads that leave them out themselves (see [torch.Sequences]).
	Spare bool
}

// States are what a forward pass gives, on the device, owned by the pass.
type States struct {
	Last      *torch.Tensor     // [N,H] the last layer's hidden states, or [M,H]
	Hidden    []*torch.Tensor   // on request, layers+1 of [N,H]: the embeddings, then each layer
	Attention [][]*torch.Tensor // on request, per layer and sequence: [A,T,T]
}

// Forward runs the encoder over packed tokens.
func (m *Model) Forward(p *torch.Pass, in *Packed, want Want) (s States) {
	if m.instead != nil {
		if s, ok := m.instead(p, in, want); ok {
			return s
		}
	}
	m.passed(p)
	tokens := func(x *torch.Tensor) *torch.Tensor {
		if want.Spare {
			return x
		}
		return p.Tokens(x, in.Sequences)
	}
	x := m.Embeddings.Forward(p, in, m.Config)
	inner := Want{Attention: want.Attention}
	layers := m.Layers
	if y := m.together(p, x, in, want); y != nil {
		x, layers = y, nil
	}
	forget := !p.Grad && !p.Recorded && !want.Hidden && !want.Attention
	mark := p.Mark()
	for i, layer := range layers {
		p.Enter(x, i)
		if want.Hidden {
			s.Hidden = append(s.Hidden, tokens(x))
		}
		if i == len(m.Layers)-1 {
			inner.Rows = want.Rows
		}
		var probabilities []*torch.Tensor
		if x, probabilities = m.through(p, layer, x, in, inner); want.Attention {
			s.Attention = append(s.Attention, probabilities)
		}
		if forget { // a layer's inner states, which nobody reads again
			p.Release(mark, x)
		}
	}
	if s.Last = x; want.Rows == nil {
		s.Last = tokens(x)
	}
	if want.Hidden {
		s.Hidden = append(s.Hidden, s.Last)
	}
	return s
}

// through runs one layer, keeping its inner activations for the backward pass or not.
func (m *Model) through(p *torch.Pass, layer *Layer, x *torch.Tensor, in *Packed, want Want) (*torch.Tensor, []*torch.Tensor) {
	if !m.Recompute || !p.Grad || want.Attention || want.Rows != nil {
		return layer.Forward(p, x, in, m.Config, want)
	}
	return p.Recompute(x, func(p *torch.Pass, x *torch.Tensor) *torch.Tensor {
		y, _ := layer.Forward(p, x, in, m.Config, want)
		return y
	}), nil
}

// Pool gives [B,H]: the hidden states of the sequences' first tokens through a dense layer and tanh. The model must have a pooler.
func (m *Model) Pool(p *torch.Pass, firsts *torch.Tensor) *torch.Tensor {
	pooled, _ := m.Pooler.Activated(p, firsts, "tanh")
	return pooled
}
