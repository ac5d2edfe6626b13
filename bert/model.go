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
	x := m.Embeddings.Forward(p, in, m.Config)
	states := States{Last: x}
	for _, layer := range m.Layers {
		if want.Hidden {
			states.Hidden = append(states.Hidden, states.Last)
		}
		var weights []*torch.Tensor
		if m.Checkpoint && p.Grad && !want.Attention {
			states.Last = p.Checkpoint(states.Last, func(p *torch.Pass, x *torch.Tensor) *torch.Tensor {
				y, _ := layer.Forward(p, x, in, m.Config, false)
				return y
			})
		} else {
			states.Last, weights = layer.Forward(p, states.Last, in, m.Config, want.Attention)
		}
		if want.Attention {
			states.Attention = append(states.Attention, weights)
		}
	}
	if want.Hidden {
		states.Hidden = append(states.Hidden, states.Last)
	}
	return states
}

// Pool gives [B,H]: the first token of each sequence through a dense layer and tanh. The model must have a pooler.
func (m *Model) Pool(p *torch.Pass, in *Packed, last *torch.Tensor) *torch.Tensor {
	return p.Tanh(m.Pooler.Forward(p, p.GatherRows(last, in.firsts)))
}
