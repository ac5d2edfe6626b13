package bert

import "gobert/internal/torch"

// fewPasses is how many passes a model makes before its weights are packed: a program that asks once need not wait.
const fewPasses = 1

// Pack prepares the encoder on the CPU for many passes without training: weights are copied into the order in which oneDNN
// multiplies them, which it would otherwise do at every product. Few tokens at a time gain most, up to a third. It costs the
// memory of the encoder's matrices again. The second pass without gradients does it by itself. On a GPU, and for types that
// the processor does not multiply itself, there is nothing to do. [Flatten], which training begins with, forgets the copies;
// whoever changes parameters by other means calls it, too.
func (m *Model) Pack() error {
	return torch.Run(func() error {
		m.pack()
		return nil
	})
}

func (m *Model) pack() {
	if m.packed || m.trained() || m.mode().Device.IsCUDA() || !torch.Packable(m.mode().Compute) {
		return
	}
	m.packed = true
	for _, l := range m.Layers {
		if l.packed = packLinears(l.Query, l.Key, l.Value); l.packed == nil { // an adapter keeps them apart
			l.Query.pack()
			l.Key.pack()
			l.Value.pack()
		}
		l.Mix.pack()
		l.Up.pack()
		l.Down.pack()
	}
	if m.Pooler != nil {
		m.Pooler.pack()
	}
}

// trained says whether the parameters collect gradients.
func (m *Model) trained() bool { return m.store != nil && m.store.Grads != nil }

// unpack forgets the copies, because the weights will change.
func (m *Model) unpack() {
	m.packed, m.passes = false, 0
	visitLinears(m, func(l *Linear, _ string) {
		l.packed.Free()
		l.packed = nil
	})
	for _, l := range m.Layers {
		l.packed.Free()
		l.packed = nil
	}
}

// passed counts a pass that begins, and packs before the second one. It refuses a closed model, whose weights are no memory of ours.
func (m *Model) passed(p *torch.Pass) {
	if m.closed {
		torch.Throw("forward", "the model is closed")
	}
	if p.Grad || p.Train {
		return
	}
	if m.passes++; m.passes == fewPasses+1 { // what cannot be packed is asked once
		m.pack()
	}
}

func (l *Linear) pack() { l.packed = packLinears(l) }

// packLinears packs linear maps with the same input as one; nil where an adapter corrects one of them.
func packLinears(list ...*Linear) *torch.Packed {
	var weights, biases []*torch.Tensor
	for _, l := range list {
		if l.Adapter != nil {
			return nil
		}
		weights, biases = append(weights, l.Weight.Compute), append(biases, l.Bias.Value)
	}
	return torch.Pack(weights, biases)
}

// usable says whether a pass can multiply by packed weights: gradients do not flow through them.
func usable(k *torch.Packed, p *torch.Pass) bool { return k != nil && !p.Grad && p.Compute == k.DType }
