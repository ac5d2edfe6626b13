package bert

import (
	"testing"

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
