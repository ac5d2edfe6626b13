package bert

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"gobert/internal/testkit"
	"gobert/internal/torch"
)

// loaded is a golden model, opened in a compute type.
func loaded(t *testing.T, compute string) *Model {
	t.Helper()
	m, err := Load(t.Context(), testkit.Golden(t, "..", "model_ragged").Dir, Options{Compute: compute})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Close() })
	return m
}

// TestAClosedModelSaysSo: whatever reads the weights is an error then, whether they lay in the mapped file or in flat memory.
func TestAClosedModelSaysSo(t *testing.T) {
	for _, compute := range []string{"fp32", "bf16", "fp16"} {
		m := loaded(t, compute)
		if err := m.Close(); err != nil {
			t.Fatal(err)
		}
		folder := t.TempDir()
		for name, call := range map[string]func() error{
			"Encode":    func() error { _, err := m.Encode(Input{IDs: []int32{1, 2}, Length: 2}, Want{}); return err },
			"Reorder":   m.Reorder,
			"Flatten":   func() error { _, err := Flatten(m, torch.CPU); return err },
			"Save":      func() error { return Save(m, filepath.Join(folder, "a"), SaveOptions{}) },
			"BF16":      func() error { return Save(m, filepath.Join(folder, "b"), SaveOptions{BF16: true}) },
			"NotFinite": func() error { _, err := NotFinite(m); return err },
		} {
			if err := call(); err == nil || !strings.Contains(err.Error(), "the model is closed") {
				t.Errorf("%s in %s: %v", name, compute, err)
			}
		}
	}
}

// TestClosingWhileOthersAsk: a call is answered or an error, whoever closes the model meanwhile.
func TestClosingWhileOthersAsk(t *testing.T) {
	for range 10 {
		m := loaded(t, "bf16")
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				for range 10 {
					if _, err := m.Encode(Input{IDs: []int32{1, 2}, Length: 2}, Want{}); err != nil && !strings.Contains(err.Error(), "the model is closed") {
						t.Error(err)
					}
				}
			})
		}
		if err := m.Close(); err != nil {
			t.Error(err)
		}
		group.Wait()
	}
}

// TestAClosedModelHoldsNothing: what a file holds in another form than fp32 is a copy in memory, which closing gives back.
func TestAClosedModelHoldsNothing(t *testing.T) {
	config, err := Size("tiny")
	if err != nil {
		t.Fatal(err)
	}
	config.VocabSize = 10_000
	m, err := New(config, true)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	run(t, func() { m.store = NewStore(m, torch.CPU); Initialize(Parameters(m), 0.02, 1) })
	folder := filepath.Join(t.TempDir(), "halves")
	if err := Save(m, folder, SaveOptions{BF16: true}); err != nil {
		t.Fatal(err)
	}
	const rounds, megabyte = 12, 1 << 20
	var held []int64
	for range rounds { // each takes 7 MB
		m, err := Load(t.Context(), folder, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Close(); err != nil {
			t.Fatal(err)
		}
		held = append(held, testkit.Resident(t))
	}
	testkit.Flat(t, held, 14*megabyte)
}

// TestEncodeRefusesPartsOfTheRows names what it would give wrong numbers for.
func TestEncodeRefusesPartsOfTheRows(t *testing.T) {
	m := loaded(t, "fp32")
	for _, want := range []Want{{Rows: new(Tensor)}, {Spare: true}} {
		if _, err := m.Encode(Input{IDs: []int32{1, 2}, Length: 2}, want); err == nil || !strings.Contains(err.Error(), "Want.Rows and Want.Spare") {
			t.Errorf("got %v", err)
		}
	}
}

// TestAdaptersCountAfterReordering: those of a model that has reordered its weights correct them all the same.
func TestAdaptersCountAfterReordering(t *testing.T) {
	for _, target := range []string{"query", "intermediate.dense"} {
		answers := map[bool][]float32{}
		for _, reordered := range []bool{false, true} {
			m := loaded(t, "fp32")
			encode := func() []float32 {
				out, err := m.Encode(Input{IDs: []int32{1, 2, 3}, Length: 3}, Want{})
				if err != nil {
					t.Fatal(err)
				}
				return out.Last
			}
			plain := encode()
			if reordered {
				if err := m.Reorder(); err != nil {
					t.Fatal(err)
				}
			} else {
				run(t, m.unreorder)
			}
			if _, err := AddAdapters(m, AdapterOptions{Rank: 2, Alpha: 4, Targets: []string{target}}); err != nil {
				t.Fatal(err)
			}
			run(t, func() {
				for i, p := range Parameters(m) {
					if p.Kind == Down || p.Kind == Up {
						p.set(torch.NewEmpty(torch.Float32, torch.CPU, p.Shape...))
						p.Value.FillNormal(0.5, uint64(i))
					}
				}
			})
			answers[reordered] = encode()
			testkit.Compare(t, fmt.Sprintf("%s, reordered %v", target, reordered), answers[reordered], answers[false], tolerance)
			if agree(plain, answers[reordered]) {
				t.Errorf("%s, reordered %v: the adapters change nothing", target, reordered)
			}
			run(t, func() { MergeAdapters(m) })
			testkit.Compare(t, fmt.Sprintf("%s merged, reordered %v", target, reordered), encode(), answers[false], tolerance)
		}
	}
}

// agree says whether numbers are the same but for rounding.
func agree(a, b []float32) bool {
	for i := range a {
		if d := a[i] - b[i]; d > 1e-3 || d < -1e-3 {
			return false
		}
	}
	return true
}
