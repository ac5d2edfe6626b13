package torch

import "github.com/sugarme/gotch/libtch"

// Reshape gives the same elements in another shape; one size may be -1. At least one dimension is needed.
func (p *Pass) Reshape(a *Tensor, shape ...int64) *Tensor {
	p.begin("reshape", a, nil, nil)
	libtch.AtgReshape(p.cell, a.get(), shape, len(shape))
	return p.end()
}

// Transpose swaps two dimensions.
func (p *Pass) Transpose(a *Tensor, i, j int64) *Tensor {
	p.begin("transpose", a, nil, nil)
	libtch.AtgTranspose(p.cell, a.get(), i, j)
	return p.end()
}

// Narrow is the part [start, start+length) of a dimension.
func (p *Pass) Narrow(a *Tensor, dim, start, length int64) *Tensor {
	p.begin("narrow", a, nil, nil)
	libtch.AtgNarrow(p.cell, a.get(), dim, start, length)
	return p.end()
}

// Select is entry i of a dimension, which disappears.
func (p *Pass) Select(a *Tensor, dim, i int64) *Tensor {
	p.begin("select", a, nil, nil)
	libtch.AtgSelect(p.cell, a.get(), dim, i)
	return p.end()
}

// Concat joins tensors along a dimension.
func (p *Pass) Concat(dim int64, tensors ...*Tensor) *Tensor {
	p.begin("concat", nil, nil, nil)
	handles := make([]libtch.Ctensor, len(tensors))
	for i, t := range tensors {
		handles[i] = t.get()
	}
	libtch.AtgCat(p.cell, handles, len(handles), dim)
	return p.end()
}
