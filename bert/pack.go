package bert

import "gobert/internal/torch"

// Pack prepares a network on the CPU for many passes without training: weights are copied into the order in which oneDNN
// multiplies them, which it would otherwise do at every product. Few tokens at a time gain most, up to a third. It costs the
// memory of the encoder's matrices again. Training forgets the copies; elsewhere, and for types that the processor does not
// multiply itself, nothing is done.
func Pack(n Network) error {
	return torch.Run(func() error {
		m := n.Encoder()
		if m.packed || m.mode().Device.IsCUDA() || !torch.Packable(m.mode().Compute) {
			return nil
		}
		m.packed = true
		for _, l := range m.Layers {
			l.packed = packLinears(l.Query, l.Key, l.Value)
		}
		visitLinears(n, func(l *Linear, _ string) {
			if !m.joins(l) {
				l.packed = packLinears(l)
			}
		})
		return nil
	})
}

// unpack forgets the copies, because the weights will change.
func unpack(n Network) {
	m := n.Encoder()
	m.packed = false
	for _, l := range m.Layers {
		l.packed.Free()
		l.packed = nil
	}
	visitLinears(n, func(l *Linear, _ string) {
		l.packed.Free()
		l.packed = nil
	})
}

// joins says whether a linear map is a part of a layer's joined projections.
func (m *Model) joins(l *Linear) bool {
	for _, layer := range m.Layers {
		if layer.packed != nil && (l == layer.Query || l == layer.Key || l == layer.Value) {
			return true
		}
	}
	return false
}

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
