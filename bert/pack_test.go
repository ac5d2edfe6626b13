package bert

import (
	"math"
	"testing"

	"gobert/internal/torch"
)

// TestPackedWeightsGiveTheSameNumbers compares passes before and after packing, for each activation and in both layouts of a
// model, and what training makes of it.
func TestPackedWeightsGiveTheSameNumbers(t *testing.T) {
	for _, activation := range []string{"gelu", "gelu_new", "relu", "silu", "tanh"} {
		config, err := Size("tiny")
		if err != nil {
			t.Fatal(err)
		}
		config.VocabSize, config.Activation = 100, activation
		m, err := New(config, true)
		if err != nil {
			t.Fatal(err)
		}
		run(t, func() { NewStore(m, torch.CPU); Initialize(Parameters(m), 0.2, 1) })
		if !torch.Packable(torch.Float32) {
			t.Skip("oneDNN is not there")
		}
		for _, tokens := range []int{1, 7, 100} {
			ids := make([]int32, tokens)
			for i := range ids {
				ids[i] = int32(i * 37 % 100)
			}
			encode := func() *Output {
				out, err := m.Encode(Input{IDs: ids, Length: tokens}, Want{})
				if err != nil {
					t.Fatal(err)
				}
				return out
			}
			run(t, func() { m.unpack() })
			want := encode()
			if m.packed {
				t.Fatal("the first pass packed")
			}
			if err := m.Pack(); err != nil {
				t.Fatal(err)
			}
			if m.Layers[0].packed == nil || m.Layers[1].Up.packed == nil || m.Pooler.packed == nil {
				t.Fatal("nothing was packed")
			}
			got := encode()
			for i, w := range append(want.Last, want.Pooled...) {
				if g := append(got.Last, got.Pooled...)[i]; math.Abs(float64(g-w)) > 1e-5 {
					t.Fatalf("%s, %d tokens: value %d is %v packed, %v without", activation, tokens, i, g, w)
				}
			}
		}
		if _, err := Flatten(m, torch.CPU); err != nil {
			t.Fatal(err)
		}
		if m.Layers[0].packed != nil || m.Pooler.packed != nil {
			t.Error("a model that is to be trained still multiplies by copies")
		}
		if err := m.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestSecondPassPacks: a program that asks once does not wait, one that asks again gains.
func TestSecondPassPacks(t *testing.T) {
	config, err := Size("tiny")
	if err != nil {
		t.Fatal(err)
	}
	config.VocabSize = 100
	m, err := New(config, true)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	run(t, func() { NewStore(m, torch.CPU); Initialize(Parameters(m), 0.02, 1) })
	for pass := range 3 {
		if _, err := m.Encode(Input{IDs: []int32{1, 2}, Length: 2}, Want{}); err != nil {
			t.Fatal(err)
		}
		if packed := m.Pooler.packed != nil; packed != (pass > 0 && torch.Packable(torch.Float32)) {
			t.Errorf("after pass %d packed is %v", pass+1, packed)
		}
	}
}
