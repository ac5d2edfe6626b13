package bert

import (
	"math"
	"testing"

	"gobert/internal/torch"
)

// TestReorderedWeightsGiveTheSameNumbers compares passes before and after reordering, for each activation and in both layouts of a
// model, and what training makes of it.
func TestReorderedWeightsGiveTheSameNumbers(t *testing.T) {
	for _, activation := range []string{"gelu", "gelu_fast", "gelu_new", "quick_gelu", "relu", "silu", "tanh"} {
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
		if !torch.Reorderable(torch.Float32) {
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
			run(t, func() { m.unreorder() })
			want := encode()
			if m.reordered {
				t.Fatal("the first pass reordered")
			}
			if err := m.Reorder(); err != nil {
				t.Fatal(err)
			}
			if m.Layers[0].Attention.whole.reordered == nil || m.Layers[1].MLP.Up.reordered == nil || m.Pooler.reordered == nil {
				t.Fatal("nothing was reordered")
			}
			got := encode()
			for i, w := range append(want.Last, want.Pooled...) {
				if g := append(got.Last, got.Pooled...)[i]; math.Abs(float64(g-w)) > 1e-5 {
					t.Fatalf("%s, %d tokens: value %d is %v reordered, %v without", activation, tokens, i, g, w)
				}
			}
		}
		if _, err := Flatten(m, torch.CPU); err != nil {
			t.Fatal(err)
		}
		if m.Layers[0].Attention.whole.reordered != nil || m.Pooler.reordered != nil {
			t.Error("a model that is to be trained still multiplies by copies")
		}
		if err := m.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestSecondPassReorders: a program that asks once does not wait, one that asks again gains.
func TestSecondPassReorders(t *testing.T) {
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
		if reordered := m.Pooler.reordered != nil; reordered != (pass > 0 && torch.Reorderable(torch.Float32)) {
			t.Errorf("after pass %d reordered is %v", pass+1, reordered)
		}
	}
}
