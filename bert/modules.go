package bert

import "gobert/internal/torch"

// A Linear is y = x W^T + b.
type Linear struct {
	Weight *Parameter `hf:"weight"` // [out,in]
	Bias   *Parameter `hf:"bias"`   // [out]

	Adapter *Adapter `hf:""` // a low-rank correction, nil without one

	reordered *torch.Reordered // a copy to multiply by, after [Model.Reorder]
	added     []torch.Addition // of somebody else, see [Model.Corrected]
}

// NewLinear declares a linear map; its values come from a checkpoint or from [Initialize].
func NewLinear(in, out int) *Linear {
	return &Linear{Weight: newParameter(Matrix, int64(out), int64(in)), Bias: newParameter(Bias, int64(out))}
}

// weight is the map in every form that there is of it. Package torch chooses among them.
func (l *Linear) weight() torch.Weight {
	w := torch.Weight{Reordered: l.reordered, Low: l.added}
	if l.Weight != nil {
		w.Matrix, w.Compute, w.Bias, w.ComputeBias = l.Weight.Value, l.Weight.Compute, l.Bias.Value, l.Bias.Compute
	}
	if l.Adapter != nil {
		w.Correct = func(p *torch.Pass, x, y *torch.Tensor) *torch.Tensor { return p.Add(y, l.Adapter.Forward(p, x)) }
	}
	return w
}

// joined is several linear maps of one input: as whole, which is all of them as one, where that serves; nil: it is not there.
func joined(p *torch.Pass, whole *Linear, parts ...*Linear) []torch.Weight {
	if whole != nil && alike(parts) { // else gradients would flow to what is not trained, or corrections be left out
		if w := whole.weight(); w.Serves(p) {
			return []torch.Weight{w}
		}
	}
	list := make([]torch.Weight, len(parts))
	for i, l := range parts {
		list[i] = l.weight()
	}
	return list
}

// alike says whether maps can be one: no adapter corrects one of them, and all or none are trained.
func alike(list []*Linear) bool {
	for _, l := range list {
		if l.Adapter != nil || l.Weight.Frozen != list[0].Weight.Frozen || l.Bias.Frozen != list[0].Bias.Frozen {
			return false
		}
	}
	return true
}

// Forward maps x [N,in] to [N,out].
func (l *Linear) Forward(p *torch.Pass, x *torch.Tensor) *torch.Tensor {
	return p.Linear(x, l.weight())
}

// Activated is activation(x W^T + b), and x again for whoever reads x beside; see [torch.Pass.LinearActivation].
func (l *Linear) Activated(p *torch.Pass, x *torch.Tensor, activation string) (y, beside *torch.Tensor) {
	return p.LinearActivation(x, l.weight(), activation)
}

// AddNorm is LN(dropout(x W^T + b) + residual), BERT's post-norm.
func (l *Linear) AddNorm(p *torch.Pass, x, residual *torch.Tensor, norm *LayerNorm, c Config) *torch.Tensor {
	return p.LinearAddNorm(x, l.weight(), residual, norm.norm(c.LayerNormEps), rate(p, c.HiddenDropout))
}

// Loss is the mean cross-entropy of x W^T + b with classes int32 [N], and how many were predicted right; see
// [torch.Pass.MaskedLMLoss].
func (l *Linear) Loss(p *torch.Pass, x, classes *torch.Tensor, gradScale float64) (loss, correct *torch.Tensor) {
	return p.MaskedLMLoss(x, l.weight(), classes, gradScale)
}

// A LayerNorm normalises each row to mean 0 and variance 1, then scales and shifts it (Ba et al. 2016).
type LayerNorm struct {
	Weight *Parameter `hf:"weight"` // [H]
	Bias   *Parameter `hf:"bias"`   // [H]
}

// NewLayerNorm declares a norm over rows of the given width.
func NewLayerNorm(width int) *LayerNorm {
	return &LayerNorm{Weight: newParameter(Gain, int64(width)), Bias: newParameter(Bias, int64(width))}
}

func (n *LayerNorm) norm(eps float64) torch.LayerNorm {
	return torch.LayerNorm{Gain: n.Weight.Value, Bias: n.Bias.Value, Eps: eps}
}

// Forward normalises x [N,H].
func (n *LayerNorm) Forward(p *torch.Pass, x *torch.Tensor, eps float64) *torch.Tensor {
	return p.DropoutAddNorm(x, nil, n.norm(eps), 0)
}

// An Embedding is a table of rows looked up by id.
type Embedding struct {
	Weight *Parameter `hf:"weight"` // [rows,H]
}

// NewEmbedding declares a table.
func NewEmbedding(rows, width int) *Embedding {
	return &Embedding{Weight: newParameter(Matrix, int64(rows), int64(width))}
}

// rate is the dropout in force: none outside of training.
func rate(p *torch.Pass, dropout float64) float64 {
	if p.Train {
		return dropout
	}
	return 0
}
