package bert

import "gobert/internal/torch"

// A Layer is one encoder block: bidirectional self-attention, then a feed-forward net, each added back and normalised
// (post-norm; Vaswani et al. 2017, section 3.1, left half of figure 1).
type Layer struct {
	Query    *Linear    `hf:"attention.self.query"`
	Key      *Linear    `hf:"attention.self.key"`
	Value    *Linear    `hf:"attention.self.value"`
	Mix      *Linear    `hf:"attention.output.dense"`
	MixNorm  *LayerNorm `hf:"attention.output.LayerNorm"`
	Up       *Linear    `hf:"intermediate.dense"`
	Down     *Linear    `hf:"output.dense"`
	DownNorm *LayerNorm `hf:"output.LayerNorm"`

	// qkv is the three projections as one matrix [3H,H], when their values lie side by side in the store.
	qkv    *Linear
	packed *torch.Packed // the same after [Model.Pack]
}

func newLayer(c Config) *Layer {
	h := c.HiddenSize
	return &Layer{
		Query: NewLinear(h, h), Key: NewLinear(h, h), Value: NewLinear(h, h), Mix: NewLinear(h, h), MixNorm: NewLayerNorm(h),
		Up: NewLinear(h, c.IntermediateSize), Down: NewLinear(c.IntermediateSize, h), DownNorm: NewLayerNorm(h),
	}
}

// Forward maps hidden states [N,H] of all sequences to the next ones. With weights set, it also gives the attention
// probabilities of each sequence, [A,T,T].
func (l *Layer) Forward(p *torch.Pass, x *torch.Tensor, in *Packed, c Config, weights bool) (*torch.Tensor, []*torch.Tensor) {
	attended, x, probabilities := l.attend(p, x, in, c, weights)
	return l.transform(p, attended, x, c), probabilities
}

// Rows is [Layer.Forward] for some rows alone, int32 [M], ascending: attention still reads every token, but all that
// follows it is done for these rows only. A head that reads few tokens needs no more of the last layer.
func (l *Layer) Rows(p *torch.Pass, x *torch.Tensor, in *Packed, c Config, rows *torch.Tensor) *torch.Tensor {
	attended, x, _ := l.attend(p, x, in, c, false)
	attended, x = p.GatherBoth(attended, rows, x, rows)
	return l.transform(p, attended, x, c)
}

// transform is what a layer does row by row after attention.
func (l *Layer) transform(p *torch.Pass, attended, x *torch.Tensor, c Config) *torch.Tensor {
	x = l.Mix.AddNorm(p, attended, x, l.MixNorm, c.LayerNormEps, c.HiddenDropout)
	inner, x := l.Up.Activated(p, x, c.Activation) // [N,I]
	return l.Down.AddNorm(p, inner, x, l.DownNorm, c.LayerNormEps, c.HiddenDropout)
}

// attend is multi-head self-attention over each sequence as a whole: every token sees its left and its right. It gives x again, to be
// added back.
func (l *Layer) attend(p *torch.Pass, x *torch.Tensor, in *Packed, c Config, weights bool) (y, beside *torch.Tensor, probabilities []*torch.Tensor) {
	heads, dropout := int64(c.NumHeads), rate(p, c.AttentionDropout)
	if weights {
		y, probabilities = p.AttentionWithWeights(l.project(p, x), in.offsets, heads, dropout)
		return y, x, probabilities
	}
	if l.joined(p) {
		w, b := l.qkv.Weight, l.qkv.Bias
		y, beside = p.LinearAttention(x, w.Value, w.Compute, b.Value, b.Compute, in.offsets, in.longest, heads, dropout)
		return y, beside, nil
	}
	return p.Attention(l.project(p, x), in.offsets, in.longest, heads, dropout), x, nil
}

// joined says whether the three projections are one product now.
func (l *Layer) joined(p *torch.Pass) bool { return !usable(l.packed, p) && l.qkv != nil && l.alike() }

// project gives queries, keys and values side by side, [N,3H]: one product in a store, three over a mapped file.
func (l *Layer) project(p *torch.Pass, x *torch.Tensor) *torch.Tensor {
	if usable(l.packed, p) {
		return p.PackedLinear(x, l.packed, "")
	}
	if l.joined(p) {
		return l.qkv.Forward(p, x)
	}
	return p.Concat(1, l.Query.Forward(p, x), l.Key.Forward(p, x), l.Value.Forward(p, x))
}

// alike says whether the three projections can be one: no adapter corrects one of them, and all or none are trained.
func (l *Layer) alike() bool {
	q, k, v := l.Query, l.Key, l.Value
	return q.Adapter == nil && k.Adapter == nil && v.Adapter == nil &&
		q.Weight.Frozen == k.Weight.Frozen && k.Weight.Frozen == v.Weight.Frozen &&
		q.Bias.Frozen == k.Bias.Frozen && k.Bias.Frozen == v.Bias.Frozen
}
