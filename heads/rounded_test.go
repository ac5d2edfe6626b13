package heads_test

import (
	"testing"

	"gobert/bert"
	"gobert/heads"
	"gobert/internal/testkit"
)

// TestPaddingIsNoSequence: rows that round a batch up have no vector of their own, and change nobody else's.
func TestPaddingIsNoSequence(t *testing.T) {
	m, err := bert.Load(t.Context(), "../testdata/golden/model_ragged", bert.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	const sequences, length = 15, 20 // 300 rows, which 20 more make a multiple of 64
	b := bert.Packing{Offsets: []int32{0}}
	for s := range sequences {
		for i := range length {
			b.IDs = append(b.IDs, int32(2+(7*s+3*i)%50))
		}
		b.Offsets = append(b.Offsets, int32(len(b.IDs)))
	}
	for _, pooling := range []heads.Pooling{heads.CLS, heads.Mean, heads.Max} {
		vectors := map[bool][]float32{}
		for _, round := range []bool{false, true} {
			mode := m.Mode()
			mode.Many = round
			err := bert.Do(mode, func(p *bert.Pass) error {
				in, err := m.Config.Pack(p, b)
				if err == nil {
					vectors[round] = bert.Values[float32](pooling.Vectors(p, m, in))
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if len(vectors[true]) != sequences*m.Config.HiddenSize {
			t.Fatalf("%s: %d numbers, want %d", pooling, len(vectors[true]), sequences*m.Config.HiddenSize)
		}
		testkit.Compare(t, string(pooling), vectors[true], vectors[false], 1e-5)
	}
}
