package bert

import (
	"bytes"
	"slices"
	"testing"

	"gobert/internal/torch"
)

// TestLayersAreReached: when the backward pass says that a layer's gradients are whole, they stay as they are to its end, from the last
// layer to the first one, also where the network is gone through twice or computes activations again.
func TestLayersAreReached(t *testing.T) {
	if device(t).IsCUDA() {
		t.Skip("it reads gradients as they are in the host's memory")
	}
	config, err := Size("tiny")
	if err != nil {
		t.Fatal(err)
	}
	config.VocabSize, config.NumLayers = 100, 3
	m, err := New(config, true)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	var s *Store
	run(t, func() { s = NewStore(m, torch.CPU); Initialize(Parameters(m), 0.2, 1); s.PrepareTraining() })
	for _, c := range []struct {
		name      string
		trips     int
		recompute bool
	}{{"once", 1, false}, {"twice", 2, false}, {"with activations computed again", 1, true}} {
		m.Recompute = c.recompute
		matrices := func(layer int) []byte { return s.Grads.Memory()[4*s.Layers[layer] : 4*s.Layers[layer+1]] }
		whole := map[int][]byte{}
		var order []int
		err := torch.Do(torch.Mode{Train: true, Grad: true, Seed: 1, Reached: func(layer int) {
			order = append(order, layer)
			whole[layer] = bytes.Clone(matrices(layer))
		}}, func(p *torch.Pass) error {
			s.ZeroGrads()
			var loss *torch.Tensor
			for trip := range c.trips {
				in, err := config.Pack(p, Packing{IDs: []int32{1, 2, 3, int32(trip), 5}, Offsets: []int32{0, 2, 5}})
				if err != nil {
					return err
				}
				y := p.Sum(m.Pool(p, p.GatherRows(m.Forward(p, in, Want{}).Last, in.Firsts())), torch.Float32)
				if loss == nil {
					loss = y
				} else {
					loss = p.Add(loss, y)
				}
			}
			p.Backward(loss, nil)
			return nil
		})
		if err != nil || !slices.Equal(order, []int{2, 1, 0}) {
			t.Fatalf("%s: reached layers %v, %v", c.name, order, err)
		}
		for layer, gradient := range whole {
			if !bytes.Equal(gradient, matrices(layer)) || bytes.Count(gradient, []byte{0}) == len(gradient) {
				t.Errorf("%s: the gradient of layer %d was not whole", c.name, layer)
			}
		}
	}
}
