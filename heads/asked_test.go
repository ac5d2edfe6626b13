package heads

import (
	"slices"
	"testing"

	"gobert/bert"
	"gobert/internal/torch"
)

// TestAskedRows: every masked token and every first token is found again among the rows that are asked of the last layer.
func TestAskedRows(t *testing.T) {
	config, err := bert.Size("tiny")
	if err != nil {
		t.Fatal(err)
	}
	batch := bert.Packing{Offsets: []int32{0}}
	var targets PretrainingTargets
	for row := range int32(900) {
		if batch.IDs = append(batch.IDs, row); row%90 == 89 {
			batch.Offsets = append(batch.Offsets, row+1)
		}
		if row%5 == 2 || row%90 == 0 {
			targets.Rows, targets.IDs = append(targets.Rows, row), append(targets.IDs, row*3)
		}
	}
	for _, next := range [][]int64{nil, {0, 1, 0, 1, 0, 1, 0, 1, 0, 1}} {
		for _, mode := range []torch.Mode{{}, {Many: true}, {Many: true, Recorded: true}} {
			targets.Next = next
			if err := torch.Do(mode, func(p *torch.Pass) error {
				in, err := config.Pack(p, batch)
				if err != nil {
					return err
				}
				a := ask(p, in, targets)
				rows, masked, ids := torch.Values[int32](a.rows), torch.Values[int32](a.masked), torch.Values[int32](a.ids)
				if round := mode.Many; !slices.IsSorted(rows) || round && (len(rows)%64 > 0 || len(masked)%64 > 0) || !round && len(masked) != len(targets.Rows) {
					t.Fatalf("%+v: %d rows, %d masked", mode, len(rows), len(masked))
				}
				found := 0
				for i, at := range masked {
					if ids[i] < 0 {
						continue
					}
					if row := rows[at]; row != targets.Rows[found] || ids[i] != row*3 {
						t.Fatalf("row %d has the id %d, want row %d", row, ids[i], targets.Rows[found])
					}
					found++
				}
				if found != len(targets.Rows) {
					t.Fatalf("%d rows are asked for, want %d", found, len(targets.Rows))
				}
				if next == nil {
					if a.firsts != nil || a.next != nil {
						t.Error("something is asked of no sentence")
					}
					return nil
				}
				classes := torch.Values[int32](a.next)
				for i, at := range torch.Values[int32](a.firsts) {
					if rows[at] != in.Starts()[i] || i < len(next) && classes[i] != int32(next[i]) || i >= len(next) && classes[i] >= 0 {
						t.Fatalf("sequence %d begins in row %d, want %d; its class is %d", i, rows[at], in.Starts()[i], classes[i])
					}
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
}
