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

	// Checkpoint trades time for memory in training: a layer's inner activations are computed again in the backward pass.
	Checkpoint bool

	store      *Store      // flat memory, once the model was moved there
	checkpoint *Checkpoint // the mapped file, while parameters lie in it
	packed     bool        // after [Model.Pack]
	passes     int         // without gradients, since the weights changed
	closed     bool        // by [Model.Close]
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

// Want says what a forward pass should give beside the last hidden states.
type Want struct {
	Hidden    bool // every layer's hidden states
	Attention bool // every layer's attention probabilities
}

// States are what a forward pass gives, on the device, owned by the pass.
type States struct {
	Last      *torch.Tensor     // [N,H] the last layer's hidden states
	Hidden    []*torch.Tensor   // on request, layers+1 of [N,H]: the embeddings, then each layer
	Attention [][]*torch.Tensor // on request, per layer and sequence: [A,T,T]
}

// Forward runs the encoder over packed tokens.
func (m *Model) Forward(p *torch.Pass, in *Packed, want Want) States {
	m.passed(p)
	x := m.Embeddings.Forward(p, in, m.Config)
	states := States{Last: x}
	for _, layer := range m.Layers {
		if want.Hidden {
			states.Hidden = append(states.Hidden, states.Last)
		}
		var weights []*torch.Tensor
		if !want.Attention {
			states.Last = m.through(p, layer, states.Last, in)
			continue
		}
		states.Last, weights = layer.Forward(p, states.Last, in, m.Config, true)
		states.Attention = append(states.Attention, weights)
	}
	if want.Hidden {
		states.Hidden = append(states.Hidden, states.Last)
	}
	return states
}

// Firsts is [Model.Rows] for the first token of each sequence, [B,H].
func (m *Model) Firsts(p *torch.Pass, in *Packed) *torch.Tensor { return m.Rows(p, in, in.firsts) }

// Rows is [Model.Forward] for some rows alone, int32 [M], ascending: [M,H]. It gives the same numbers as picking these rows
// from the last hidden states, and leaves out what only the other rows of the last layer need.
func (m *Model) Rows(p *torch.Pass, in *Packed, rows *torch.Tensor) *torch.Tensor {
	m.passed(p)
	x := m.Embeddings.Forward(p, in, m.Config)
	top := len(m.Layers) - 1
	for _, layer := range m.Layers[:top] {
		x = m.through(p, layer, x, in)
	}
	return m.Layers[top].Rows(p, x, in, m.Config, rows)
}

// through runs one layer, keeping its inner activations for the backward pass or not.
func (m *Model) through(p *torch.Pass, layer *Layer, x *torch.Tensor, in *Packed) *torch.Tensor {
	forward := func(p *torch.Pass, x *torch.Tensor) *torch.Tensor {
		y, _ := layer.Forward(p, x, in, m.Config, false)
		return y
	}
	if m.Checkpoint && p.Grad {
		return p.Checkpoint(x, forward)
	}
	return forward(p, x)
}

// PoolFirsts gives [B,H]: the sequences' first tokens, from [Model.Firsts], through a dense layer and tanh.
func (m *Model) PoolFirsts(p *torch.Pass, firsts *torch.Tensor) *torch.Tensor {
	pooled, _ := m.Pooler.Activated(p, firsts, "tanh")
	return pooled
}

// Pool gives [B,H]: the first token of each sequence through a dense layer and tanh. The model must have a pooler.
func (m *Model) Pool(p *torch.Pass, in *Packed, last *torch.Tensor) *torch.Tensor {
	return m.PoolFirsts(p, p.GatherRows(last, in.firsts))
}
