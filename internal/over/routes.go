package over

import (
	"sync"

	"gobert/bert"
	"gobert/internal/torch"
)

// known are the states of a part that a shared pass has computed, by the part's batch. A program may have several servers, with a pass each.
var known sync.Map // of *bert.Packed to states

type states struct {
	last   *torch.Tensor // [n,H], or [b,H] of first tokens
	firsts bool
}

// standIn makes the network's encoder compute over the base.
func (n network) standIn() {
	own := n.Encoder()
	own.StandIn(n.Network, func(p *torch.Pass, in *bert.Packed, want bert.Want) (bert.States, bool) {
		if s, ok := given(p, in, want); ok {
			return s, true
		}
		if p.Grad || p.Train {
			torch.Throw("forward", "a network over a base is not trained")
		}
		r := route{model: own, rows: [2]int64{0, int64(in.Rows)}}
		if want.Rows != nil {
			r.asked[1] = want.Rows.Dim(0)
		}
		return routed(n.base, []route{r}, want.Rows != nil).Forward(p, in, want), true
	}, true)
}

// given gives the states that [Together] computed.
func given(p *torch.Pass, in *bert.Packed, want bert.Want) (s bert.States, ok bool) {
	found, ok := known.Load(in)
	if !ok {
		return s, false
	}
	part := found.(states)
	switch {
	case want.Hidden || want.Attention || part.firsts && want.Rows == nil:
		torch.Throw("forward", "more is wanted than the shared pass was told")
	case !part.firsts && want.Rows != nil:
		return bert.States{Last: p.GatherRows(part.last, want.Rows)}, true
	}
	return bert.States{Last: part.last}, true
}

// route says whose rows are whose in a pass: those from rows[0] to rows[1] go through the adapters of a model. Of the last layer some
// are wanted alone: asked says which among them these are.
type route struct {
	model       *bert.Model
	rows, asked [2]int64
}

// addition is what an adapter adds, of some rows of x to some columns of y.
type addition struct {
	rows   [2]int64
	column int64
	*bert.Adapter
}

// add adds.
func (a addition) add(p *torch.Pass, x, y *torch.Tensor) {
	n := a.rows[1] - a.rows[0]
	if n < x.Dim(0) {
		x, y = p.Narrow(x, 0, a.rows[0], n), p.Narrow(y, 0, a.rows[0], n)
	}
	low := p.Scale(p.Linear(x, torch.Weight{Matrix: a.A.Value, Compute: a.A.Compute}), a.Scale)
	p.AddProduct(p.Narrow(y, 1, a.column, a.B.Shape[0]), low, p.Transpose(a.B.Compute, 0, 1))
}

// maps are a layer's, in the order of [bert.Model.Corrected]; nil stands for those of queries, keys and values side by side.
var maps = []func(l *bert.Layer) *bert.Linear{
	func(l *bert.Layer) *bert.Linear { return l.Attention.Query },
	func(l *bert.Layer) *bert.Linear { return l.Attention.Key },
	func(l *bert.Layer) *bert.Linear { return l.Attention.Value },
	nil,
	func(l *bert.Layer) *bert.Linear { return l.Attention.Output },
	func(l *bert.Layer) *bert.Linear { return l.MLP.Up },
	func(l *bert.Layer) *bert.Linear { return l.MLP.Down },
}

const sideBySide = 3

// routed is the base with the adapters of the routes' models. some says that rows of the last layer are asked for.
func routed(base *bert.Model, routes []route, some bool) *bert.Model {
	return base.Corrected(func(layer, which int) bert.Correction {
		var list []addition
		gather := func(at func(l *bert.Layer) *bert.Linear, column int64, after bool) {
			for _, r := range routes {
				rows := r.rows
				if after {
					rows = r.asked
				}
				if a := at(r.model.Layers[layer]).Adapter; a != nil && rows[0] < rows[1] {
					list = append(list, addition{rows, column, a})
				}
			}
		}
		if which == sideBySide {
			for i, at := range maps[:sideBySide] {
				gather(at, int64(i*base.Config.HiddenSize), false)
			}
		} else {
			gather(maps[which], 0, some && which > sideBySide && layer == len(base.Layers)-1)
		}
		if len(list) == 0 {
			return nil
		}
		return func(p *torch.Pass, x, y *torch.Tensor) *torch.Tensor {
			for _, a := range list {
				a.add(p, x, y)
			}
			return y
		}
	})
}
