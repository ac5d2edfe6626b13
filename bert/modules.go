package bert

import "gobert/internal/torch"

// A Linear is y = x W^T + b.
type Linear struct {
	Weight *Parameter `hf:"weight"` // [out,in]
	Bias   *Parameter `hf:"bias"`   // [out]

	Adapter *Adapter `hf:""` // a low-rank correction, nil without one

	packed *torch.Packed // a copy to multiply by, after [Model.Pack]
}

// NewLinear declares a linear map; its values come from a checkpoint or from [Initialize].
func NewLinear(in, out int) *Linear {
	return &Linear{Weight: newParameter(Matrix, int64(out), int64(in)), Bias: newParameter(Bias, int64(out))}
}

// Forward maps x [N,in] to [N,out].
func (l *Linear) Forward(p *torch.Pass, x *torch.Tensor) *torch.Tensor {
	if usable(l.packed, p) {
		return p.PackedLinear(x, l.packed, "")
	}
	y := p.Linear(x, l.Weight.Value, l.Weight.Compute, l.Bias.Value)
	if l.Adapter == nil {
		return y
	}
	return p.Add(y, l.Adapter.Forward(p, x))
}

// Activated is activation(x W^T + b), and x again for whoever reads x beside; see [torch.Pass.LinearActivation].
func (l *Linear) Activated(p *torch.Pass, x *torch.Tensor, activation string) (y, beside *torch.Tensor) {
	if usable(l.packed, p) {
		return p.PackedLinear(x, l.packed, activation), x
	}
	if l.Adapter == nil {
		return p.LinearActivation(x, l.Weight.Value, l.Weight.Compute, l.Bias.Value, activation)
	}
	return p.Activation(l.Forward(p, x), activation), x
}

// AddNorm is LN(dropout(x W^T + b) + residual), BERT's post-norm.
func (l *Linear) AddNorm(p *torch.Pass, x, residual *torch.Tensor, norm *LayerNorm, eps, dropout float64) *torch.Tensor {
	gain, shift := norm.Weight.Value, norm.Bias.Value
	if usable(l.packed, p) || l.Adapter != nil {
		return p.DropoutAddNorm(l.Forward(p, x), residual, gain, shift, eps, rate(p, dropout))
	}
	return p.LinearDropoutAddNorm(x, l.Weight.Value, l.Weight.Compute, l.Bias.Value, residual, gain, shift, eps, rate(p, dropout))
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

// Forward normalises x [N,H].
func (n *LayerNorm) Forward(p *torch.Pass, x *torch.Tensor, eps float64) *torch.Tensor {
	return p.DropoutAddNorm(x, nil, n.Weight.Value, n.Bias.Value, eps, 0)
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
