package bert

import (
	"testing"

	"gobert/internal/testkit"
	"gobert/internal/torch"
)

// TestPaddingStandsInAKnownPlace: tokens that round up the number of rows have positions that the model knows, however few it knows.
func TestPaddingStandsInAKnownPlace(t *testing.T) {
	c, err := Size("tiny")
	if err != nil {
		t.Fatal(err)
	}
	const length, sequences = 10, 30 // 300 tokens, which lack 20
	c.MaxPositions = length
	b := Packing{Offsets: []int32{0}}
	for range sequences {
		for range length {
			b.IDs = append(b.IDs, 7)
		}
		b.Offsets = append(b.Offsets, int32(len(b.IDs)))
	}
	err = torch.Do(torch.Mode{Many: true}, func(p *torch.Pass) error {
		in, err := c.Pack(p, b)
		if err != nil {
			return err
		}
		positions := torch.Values[int32](in.positions)
		if len(positions) != in.Rows || in.Rows != 320 {
			t.Errorf("%d positions for %d rows, want 320", len(positions), in.Rows)
		}
		for row, at := range positions {
			if want := int32(row % length); row < sequences*length && at != want || int(at) >= length {
				t.Fatalf("row %d stands in place %d, of %d that there are", row, at, length)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestRoundedPassesGiveTheTokensAlone: a pass that rounds gives the rows, and the attention, of one that does not.
func TestRoundedPassesGiveTheTokensAlone(t *testing.T) {
	m, err := Load(t.Context(), "../testdata/golden/model_ragged", Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	const sequences, length = 15, 20 // 300 rows, which 20 more make a multiple of 64
	b := Packing{Offsets: []int32{0}}
	for s := range sequences {
		for i := range length {
			b.IDs = append(b.IDs, int32(2+(7*s+3*i)%50))
		}
		b.Offsets = append(b.Offsets, int32(len(b.IDs)))
	}
	want := Want{Hidden: true, Attention: true}
	results := map[bool][]float32{}
	for _, many := range []bool{false, true} {
		err := torch.Do(torch.Mode{Many: many}, func(p *torch.Pass) error {
			in, err := m.Config.Pack(p, b)
			if err != nil {
				return err
			}
			s := m.Forward(p, in, want)
			all := append(s.Hidden, s.Last)
			for _, layer := range s.Attention {
				all = append(all, layer...)
			}
			for _, x := range all {
				results[many] = append(results[many], torch.Values[float32](x)...)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	testkit.Compare(t, "hidden states and attention", results[true], results[false], 1e-5)
}
