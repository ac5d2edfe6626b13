package bert

import "gobert/internal/torch"

// fewPasses is how many passes a model makes before its weights are reordered: a program that asks once need not wait.
const fewPasses = 1

// Reorder prepares the encoder on the CPU for many passes without training: weights are copied into the order in which they are
// multiplied, which would otherwise be done at every product. Few tokens at a time gain most, up to a third. It costs the
// memory of the encoder's matrices again. The second pass without gradients does it by itself; from then on a text's numbers are the
// same bits in whatever batch, while those of the first pass differ by rounding: call it first where bits are compared. On a GPU, and for types that
// the processor does not multiply itself, there is nothing to do. [Flatten], which training begins with, forgets the copies;
// whoever changes parameters by other means calls it, too.
func (m *Model) Reorder() error {
	return torch.Run(func() error {
		m.mustBeOpen("reorder")
		m.reorder()
		return nil
	})
}

func (m *Model) reorder() {
	trained := m.store != nil && m.store.Grads != nil
	if m.reordered || trained || m.Mode().Device.IsCUDA() || !torch.Reorderable(m.Mode().Compute) {
		return
	}
	m.reordered = true
	for _, l := range m.Layers {
		a := l.Attention
		if a.whole == nil {
			a.whole = &Linear{}
		}
		if a.whole.reorder(a.Query, a.Key, a.Value); a.whole.reordered == nil { // an adapter keeps them apart
			reorder(a.Query, a.Key, a.Value)
		}
		reorder(a.Output, l.MLP.Up, l.MLP.Down)
	}
	if m.Pooler != nil {
		reorder(m.Pooler)
	}
}

// unreorder forgets the copies, because the weights will change.
func (m *Model) unreorder() {
	m.reordered, m.passes = false, 0
	forget := func(l *Linear, _ string) {
		l.reordered.Free()
		if l.reordered = nil; l.Adapter != nil {
			l.Adapter.Low.Free()
		}
	}
	visitLinears(m, forget)
	for _, l := range m.Layers {
		if l.Attention.whole != nil {
			forget(l.Attention.whole, "")
		}
	}
}

// passed counts a pass that begins, and reorders before the second one.
func (m *Model) passed(p *torch.Pass) {
	m.mustBeOpen("forward")
	if p.Grad || p.Train {
		return
	}
	if m.passes++; m.passes == fewPasses+1 { // what cannot be reordered is asked once
		m.reorder()
	}
}

// reorder gives the map a copy of the maps that it is made of, where no adapter corrects one of them.
func (l *Linear) reorder(parts ...*Linear) {
	list := make([]torch.Weight, len(parts))
	for i, part := range parts {
		list[i] = part.weight()
	}
	l.reordered = torch.Reorder(list...)
}

func reorder(list ...*Linear) {
	for _, l := range list {
		l.reorder(l)
	}
}

// together runs all layers in one call where nothing is wanted from between them and every weight is reordered, or integers; nil: it did not.
func (m *Model) together(p *torch.Pass, x *torch.Tensor, in *Packed, want Want) *torch.Tensor {
	if p.Grad || p.Train || want.Hidden || want.Attention {
		return nil
	}
	blocks, eps := make([]torch.Block, len(m.Layers)), m.Config.LayerNormEps
	for i, l := range m.Layers {
		a, mlp := l.Attention, l.MLP
		blocks[i] = torch.Block{
			Projections: joined(p, a.whole, a.Query, a.Key, a.Value), Output: a.Output.weight(), Up: mlp.Up.weight(), Down: mlp.Down.weight(),
			Attended: a.Norm.norm(eps), Out: mlp.Norm.norm(eps),
		}
	}
	return p.Blocks(x, blocks, in.Sequences, int64(m.Config.NumHeads), m.Config.Activation, want.Rows)
}
