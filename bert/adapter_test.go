package bert

import (
	"encoding/binary"
	"math"
	"path/filepath"
	"testing"

	"gobert/internal/testkit"
	"gobert/internal/torch"
	"gobert/internal/weights"
)

const adapterRoot = "base."

var rankTwo = AdapterOptions{Rank: 2, Alpha: 4, Targets: []string{"query", "intermediate.dense"}}

// adapterFile writes adapters that change a lot, and a pooler's bias, for the model in a folder.
func adapterFile(t *testing.T, folder string) string {
	t.Helper()
	m, err := Load(t.Context(), folder, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if _, err := AddAdapters(m, rankTwo); err != nil {
		t.Fatal(err)
	}
	var list []weights.Tensor
	for _, p := range Parameters(m) {
		if p.Kind == Down || p.Kind == Up || p.Name == "pooler.dense.bias" {
			data := make([]byte, 4*p.Numel())
			for i := range p.Numel() {
				binary.LittleEndian.PutUint32(data[4*i:], math.Float32bits(float32(math.Sin(float64(i+1)))))
			}
			list = append(list, weights.Tensor{Name: adapterRoot + p.Name, DType: weights.F32, Shape: p.Shape, Data: data})
		}
	}
	path := filepath.Join(t.TempDir(), "adapter.safetensors")
	if err := weights.Write(path, list, nil); err != nil {
		t.Fatal(err)
	}
	return path
}

func encoded(t *testing.T, m *Model) []float32 {
	t.Helper()
	out, err := m.Encode(Input{IDs: []int32{1, 2, 3, 4, 5}, Length: 5}, Want{})
	if err != nil {
		t.Fatal(err)
	}
	return append(out.Last, out.Pooled...)
}

// TestAdaptersOfALoadedModel: whether adapters are loaded before a model goes to where it computes, or after, changes no bit; and they
// do what they did once they are merged.
func TestAdaptersOfALoadedModel(t *testing.T) {
	folder := testkit.Golden(t, "..", "model_ragged").Dir
	file := adapterFile(t, folder)
	for _, compute := range []string{"fp32", "bf16", "fp16"} {
		o := Options{Compute: compute, Device: device(t).String()}
		c, err := Open(t.Context(), folder, nil)
		if err != nil {
			t.Fatal(err)
		}
		before, err := New(c.Config, true)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Fill(before, 0, nil); err != nil {
			t.Fatal(err)
		}
		if _, _, err := LoadAdapters(before, file, adapterRoot, rankTwo); err != nil {
			t.Fatal(err)
		}
		if err := c.Settle(before, o); err != nil {
			t.Fatal(err)
		}
		after, err := Load(t.Context(), folder, o)
		if err != nil {
			t.Fatal(err)
		}
		plain := encoded(t, after)
		if _, _, err := LoadAdapters(after, file, adapterRoot, rankTwo); err != nil {
			t.Fatal(err)
		}
		want, got := encoded(t, before), encoded(t, after)
		testkit.Compare(t, compute, got, want, 0)
		if agree(plain, got) {
			t.Errorf("%s: the adapters change nothing", compute)
		}
		run(t, func() { MergeAdapters(after) })
		merged := encoded(t, after)
		if merging := rms(merged, got); merging > 0.1*rms(plain, got) || compute == "fp32" && !agree(merged, got) {
			t.Errorf("%s: merged, the adapters give numbers that are %v off", compute, merging)
		}
		for _, m := range []*Model{before, after} {
			if err := m.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestWhatCameLaterIsTrained: adapters that came after a model was moved are in the store that training gets, and what the model
// lay in before is given back.
func TestWhatCameLaterIsTrained(t *testing.T) {
	folder := testkit.Golden(t, "..", "model_ragged").Dir
	m, err := Load(t.Context(), folder, Options{Compute: "bf16", Device: device(t).String()})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	first := m.store
	if _, err := AddAdapters(m, rankTwo); err != nil {
		t.Fatal(err)
	}
	store, err := Flatten(m, device(t))
	if err != nil {
		t.Fatal(err)
	}
	if store == first || len(store.Parameters) != len(Parameters(m)) {
		t.Errorf("the store has %d parameters, the model %d", len(store.Parameters), len(Parameters(m)))
	}
	run(t, func() {
		for name, tensor := range map[string]*torch.Tensor{"values": first.Values, "compute": first.Compute} {
			if tensor.Valid() {
				t.Errorf("%s of the store before are still there", name)
			}
		}
	})
	if again, err := Flatten(m, device(t)); err != nil || again != store {
		t.Errorf("what is in place was moved again: %v", err)
	}
}
