package bert

import "gobert/internal/torch"

// A Layer is one encoder block: self-attention, then a feed-forward net, each added back to what it read and normalised
// (post-norm; Vaswani et al. 2017, section 3.1, left half of figure 1).
type Layer struct {
	Attention *Attention `hf:"attention"`
	MLP       *MLP       `hf:""`
}

func newLayer(c Config) *Layer { return &Layer{newAttention(c), newMLP(c)} }

// Forward maps hidden states [N,H] of all sequences to the next ones: of all rows, or of those that are wanted. It gives the
// attention probabilities of each sequence, [A,T,T], where they are wanted.
func (l *Layer) Forward(p *torch.Pass, x *torch.Tensor, in *Packed, c Config, want Want) (*torch.Tensor, []*torch.Tensor) {
	x, probabilities := l.Attention.Forward(p, x, in, c, want)
	return l.MLP.Forward(p, x, c), probabilities
}

// Attention is bidirectional multi-head self-attention over each sequence as a whole: every token sees its left and its right.
type Attention struct {
	Query  *Linear    `hf:"self.query"`
	Key    *Linear    `hf:"self.key"`
	Value  *Linear    `hf:"self.value"`
	Output *Linear    `hf:"output.dense"`
	Norm   *LayerNorm `hf:"output.LayerNorm"`

	whole *Linear // query, key and value as one [3H,H]: see joined
}

func newAttention(c Config) *Attention {
	h := c.HiddenSize
	return &Attention{Query: NewLinear(h, h), Key: NewLinear(h, h), Value: NewLinear(h, h), Output: NewLinear(h, h), Norm: NewLayerNorm(h)}
}

// Forward is LN(x + attention(x)), [N,H]. Attention reads every token; what follows it is done for the wanted rows alone.
func (a *Attention) Forward(p *torch.Pass, x *torch.Tensor, in *Packed, c Config, want Want) (*torch.Tensor, []*torch.Tensor) {
	var attended *torch.Tensor
	var probabilities []*torch.Tensor
	projections := joined(p, a.whole, a.Query, a.Key, a.Value)
	heads, dropout := int64(c.NumHeads), rate(p, c.AttentionDropout)
	if want.Attention {
		attended, probabilities = p.AttentionWithWeights(p.Linears(x, projections), in.Sequences, heads, dropout)
	} else {
		attended, x = p.LinearAttention(x, projections, in.Sequences, heads, dropout)
	}
	if want.Rows != nil {
		attended, x = p.GatherBoth(attended, want.Rows, x, want.Rows)
	}
	return a.Output.AddNorm(p, attended, x, a.Norm, c), probabilities
}

// MLP is the feed-forward net of each token by itself: up to the inner width, the activation, and down again.
type MLP struct {
	Up   *Linear    `hf:"intermediate.dense"` // [I,H]
	Down *Linear    `hf:"output.dense"`       // [H,I]
	Norm *LayerNorm `hf:"output.LayerNorm"`
}

func newMLP(c Config) *MLP {
	return &MLP{Up: NewLinear(c.HiddenSize, c.IntermediateSize), Down: NewLinear(c.IntermediateSize, c.HiddenSize), Norm: NewLayerNorm(c.HiddenSize)}
}

// Forward is LN(x + mlp(x)), [N,H].
func (m *MLP) Forward(p *torch.Pass, x *torch.Tensor, c Config) *torch.Tensor {
	inner, x := m.Up.Activated(p, x, c.Activation) // [N,I]
	return m.Down.AddNorm(p, inner, x, m.Norm, c)
}
