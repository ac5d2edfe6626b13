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

func weight(p *bert.Parameter) torch.Weight { return torch.Weight{Matrix: p.Value, Compute: p.Compute} }

// pack makes the low-rank maps of a network that is over a base, each for the columns where its sum belongs.
func pack(n *bert.Model) {
	for _, l := range n.Layers {
		for which, at := range maps {
			if at == nil || at(l).Adapter == nil {
				continue
			}
			a := at(l).Adapter
			a.Low = &torch.LowRank{A: weight(a.A), B: weight(a.B), Scale: a.Scale}
			if which < sideBySide {
				a.Low.Column = int64(which) * a.B.Shape[0]
			}
			a.Low.Pack()
		}
	}
}

// routed is the base with the adapters of the routes' models. some says that rows of the last layer are asked for.
func routed(base *bert.Model, routes []route, some bool) *bert.Model {
	return base.Corrected(func(layer, which int) (list []torch.Addition) {
		gather := func(at func(l *bert.Layer) *bert.Linear, alone, after bool) {
			for _, r := range routes {
				rows := r.rows
				if after {
					rows = r.asked
				}
				a := at(r.model.Layers[layer]).Adapter
				if a == nil || rows[0] == rows[1] {
					continue
				}
				low := a.Low
				if alone && low.Column > 0 {
					low = &torch.LowRank{A: low.A, B: low.B, Scale: low.Scale}
				}
				list = append(list, torch.Addition{LowRank: low, Rows: rows})
			}
		}
		if which == sideBySide {
			for _, at := range maps[:sideBySide] {
				gather(at, false, false)
			}
		} else {
			gather(maps[which], which < sideBySide, some && which > sideBySide && layer == len(base.Layers)-1)
		}
		return list
	})
}
