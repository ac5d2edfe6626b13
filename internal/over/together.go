package over

import (
	"gobert/bert"
	"gobert/data/labelled/features"
	"gobert/heads"
	"gobert/internal/torch"
	"gobert/pipeline"
	"gobert/task"
)

// A Call is one way of batches through a model, in a pass that it shares.
type Call struct {
	model  *bert.Model
	firsts bool // first tokens are all that it reads
	read   func(p *torch.Pass, in *bert.Packed, b *features.Batch) *task.Outputs
	finish func(*task.Outputs) error // what is not done in the pass; nil: nothing
}

// Scores is [task.Model.Forward] as a call.
func Scores(m *task.Model) *Call {
	firsts := !m.Kind.Facts().ByToken && m.Pooling() == heads.CLS
	return &Call{model: m.Network.Encoder(), firsts: firsts, read: func(p *torch.Pass, in *bert.Packed, b *features.Batch) *task.Outputs {
		scores := m.Kind.Logits(p, m.Network, in, b, nil)
		return &task.Outputs{Logits: torch.Values[float32](p.Cast(scores, torch.Float32)), Width: int(scores.Dim(-1))}
	}}
}

// Vectors is [pipeline.Embedder.Forward] as a call.
func Vectors(m *task.Model, e *pipeline.Embedder) *Call {
	return &Call{
		model: m.Network.Encoder(), firsts: e.Firsts(),
		read: func(p *torch.Pass, in *bert.Packed, b *features.Batch) *task.Outputs {
			return &task.Outputs{Logits: e.Pooled(p, in, b), Width: e.Width}
		},
		finish: func(out *task.Outputs) (err error) { out.Logits, err = e.Finish(out.Logits); return err },
	}
}

// States is [pipeline.Embedder.States] as a call.
func States(m *task.Model) *Call {
	n := m.Network.Encoder()
	return &Call{model: n, read: func(p *torch.Pass, in *bert.Packed, _ *features.Batch) *task.Outputs {
		return &task.Outputs{Logits: torch.Values[float32](n.Forward(p, in, bert.Want{}).Last), Width: n.Config.HiddenSize}
	}}
}

// Shared is a batch on its way.
type Shared struct {
	*Call
	Batch *features.Batch
}

// Together takes batches of a base and of networks over it through one pass. Each gets what it would get alone; neighbours change a number by
// rounding at most.
func Together(base *bert.Model, list []Shared) ([]*task.Outputs, error) {
	outputs := make([]*task.Outputs, len(list))
	err := torch.Do(base.Mode(), func(p *torch.Pass) error {
		packed, err := shared(p, base, list)
		defer func() {
			for _, in := range packed {
				known.Delete(in)
			}
		}()
		base.StandIn(nil, func(p *torch.Pass, in *bert.Packed, want bert.Want) (bert.States, bool) { return given(p, in, want) }, false)
		defer base.StandIn(nil, nil, false)
		for i, in := range packed {
			outputs[i] = list[i].read(p, in, list[i].Batch)
		}
		return err
	})
	for i, s := range list {
		if err == nil && s.finish != nil {
			err = s.finish(outputs[i])
		}
	}
	return outputs, err
}

// shared runs the encoder once, and gives a batch for each part whose states are known.
func shared(p *torch.Pass, base *bert.Model, list []Shared) (packed []*bert.Packed, err error) {
	all, routes, rows, some := bert.Packing{Offsets: []int32{0}}, []route(nil), []int32(nil), false
	for _, s := range list {
		b, at := s.Batch, int32(len(all.IDs))
		r := route{model: s.model, rows: [2]int64{int64(at), int64(at) + int64(len(b.IDs))}, asked: [2]int64{int64(len(rows)), 0}}
		all.IDs, all.Types = append(all.IDs, b.IDs...), append(all.Types, b.Types...)
		for len(all.Types) < len(all.IDs) {
			all.Types = append(all.Types, 0)
		}
		for i, first := range b.Offsets[:b.Len()] {
			all.Offsets = append(all.Offsets, at+b.Offsets[i+1])
			if s.firsts {
				rows = append(rows, at+first)
				continue
			}
			for row := first; row < b.Offsets[i+1]; row++ {
				rows = append(rows, at+row)
			}
		}
		some, r.asked[1] = some || s.firsts, int64(len(rows))
		routes = append(routes, r)
	}
	in, err := base.Config.Pack(p, all)
	if err != nil {
		return nil, err
	}
	var want bert.Want
	if some {
		want.Rows = torch.From(p, rows, int64(len(rows)))
	}
	last := routed(base, routes, some).Forward(p, in, want).Last
	for i, s := range list {
		r, part := routes[i], &bert.Packed{Sequences: p.Sequences(s.Batch.Offsets)}
		known.Store(part, states{p.Narrow(last, 0, r.asked[0], r.asked[1]-r.asked[0]), s.firsts})
		packed = append(packed, part)
	}
	return packed, nil
}
