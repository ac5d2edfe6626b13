package bert

import (
	"slices"
	"testing"

	"gobert/internal/testkit"
	"gobert/internal/torch"
)

// TestAdaptersInOneCall: what adapters of several ranks add to rows of their own, some of which two adapters share and some none has, is added in the
// call that takes all layers, with the numbers of layers that are computed one by one; and a sequence's bits know no neighbours, nor threads.
func TestAdaptersInOneCall(t *testing.T) {
	m := reordered(t, 3, 100, 210, false) // panels end elsewhere
	config := m.Config
	const whole = 3
	h, wide := int64(config.HiddenSize), int64(config.IntermediateSize)
	var owned []*torch.Tensor
	random := func(seed int, shape ...int64) torch.Weight {
		x := torch.NewEmpty(torch.Float32, torch.CPU, shape...)
		x.FillUniform(0.1, uint64(seed))
		owned = append(owned, x)
		return torch.Weight{Matrix: x, Compute: x}
	}
	var made []*torch.LowRank
	low := func(rank, in, out, column int64) *torch.LowRank {
		l := &torch.LowRank{A: random(len(made), rank, in), B: random(1000+len(made), out, rank), Scale: 0.7, Column: column}
		l.Pack()
		made = append(made, l)
		return l
	}
	type adapter map[int][]*torch.LowRank // by which map of a layer
	set := func(rank int64) (layers []adapter) {
		for range config.NumLayers {
			layers = append(layers, adapter{
				whole: {low(rank, h, h, 0), low(rank, h, h, h), low(rank+1, h, h, 2*h)}, 4: {low(rank, h, h, 0)}, 5: {low(rank, h, wide, 0)}, 6: {low(rank, wide, h, 0)},
			})
		}
		return layers
	}
	var one, other []adapter
	run(t, func() { one, other = set(3), set(40) })
	defer run(t, func() {
		for _, l := range made {
			l.Free()
		}
		torch.FreeAll(owned)
	})
	batch := ofLengths(40, 1, 130, 7)
	// pass gives states of a part of the batch, by rows of both adapters; the last layer is whole in it.
	pass := func(in Packing, first, second [2]int64, want Want) (values []float32) {
		c := m.Corrected(func(layer, which int) (list []torch.Addition) {
			for i, adapters := range [][]adapter{one, other} {
				for _, l := range adapters[layer][which] {
					if rows := [][2]int64{first, second}[i]; rows[0] < rows[1] {
						list = append(list, torch.Addition{LowRank: l, Rows: rows})
					}
				}
			}
			return list
		})
		err := torch.Do(m.Mode(), func(p *torch.Pass) error {
			packed, err := config.Pack(p, in)
			if err != nil {
				return err
			}
			x := c.Embeddings.Forward(p, packed, config)
			y := c.together(p, x, packed, want)
			if (y == nil) != want.Hidden {
				t.Errorf("in one call: %t", y != nil)
			}
			if y == nil {
				y = c.Forward(p, packed, want).Last
			}
			values = torch.Values[float32](y)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return values
	}
	first, second := [2]int64{0, 41}, [2]int64{40, 171} // the lone token has both, the last sequence none
	want := pass(batch, first, second, Want{})
	testkit.Compare(t, "layer by layer", want, pass(batch, first, second, Want{Hidden: true}), 1e-6)
	if slices.Equal(want, pass(batch, first, [2]int64{}, Want{})) {
		t.Error("an adapter adds nothing")
	}
	for _, n := range []int{1, 5} {
		if err := torch.SetThreads(n); err != nil {
			t.Fatal(err)
		}
		for range 10 {
			if !slices.Equal(pass(batch, first, second, Want{}), want) {
				t.Fatalf("%d threads give other bits", n)
			}
		}
		for i, rows := range [][2][2]int64{{{0, 40}, {}}, {{0, 1}, {0, 1}}, {{}, {0, 130}}, {}} {
			from, to := batch.Offsets[i], batch.Offsets[i+1]
			alone := pass(Packing{IDs: batch.IDs[from:to], Offsets: []int32{0, to - from}}, rows[0], rows[1], Want{})
			if !slices.Equal(alone, want[int64(from)*h:int64(to)*h]) {
				t.Fatalf("%d threads: sequence %d alone has other bits", n, i)
			}
		}
	}
}
