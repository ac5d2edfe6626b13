package heads

import (
	"math/rand/v2"
	"testing"

	"gobert/bert"
)

// TestAskedRows: every masked token and every first token is found again, in ascending rows, whose numbers are rounded.
func TestAskedRows(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 400 {
		var targets PretrainingTargets
		tokens, starts := 100+r.IntN(900), []int32{0}
		for row := range int32(tokens) {
			switch r.IntN(9) {
			case 0:
				starts = append(starts, row+1)
			case 1, 2:
				targets.Rows, targets.IDs = append(targets.Rows, row), append(targets.IDs, row*3)
			}
		}
		starts = starts[:max(1, len(starts)-1)]
		if r.IntN(4) > 0 {
			targets.Next = make([]int64, len(starts))
		}
		round := r.IntN(3) > 0
		a := ask(targets, starts, tokens, round, bert.RoundRows)
		for i, row := range a.rows {
			if i > 0 && row <= a.rows[i-1] || int(row) >= tokens {
				t.Fatalf("row %d follows %d of %d tokens", row, a.rows[max(i-1, 0)], tokens)
			}
		}
		if many := len(targets.Rows) >= bert.RoundRows; round && many && (bert.Lacking(len(a.rows)) > 0 || bert.Lacking(len(a.masked)) > 0) {
			t.Fatalf("%d masked rows of %d: %d and %d are no multiples", len(targets.Rows), tokens, len(a.rows), len(a.masked))
		}
		if !round && len(a.masked) != len(targets.Rows) {
			t.Fatalf("%d masked rows, want %d", len(a.masked), len(targets.Rows))
		}
		found := 0
		for i, at := range a.masked {
			if a.ids[i] < 0 {
				continue
			}
			if row := a.rows[at]; row != targets.Rows[found] || a.ids[i] != row*3 {
				t.Fatalf("row %d has the id %d, want row %d", row, a.ids[i], targets.Rows[found])
			}
			found++
		}
		if found != len(targets.Rows) {
			t.Fatalf("%d rows are asked for, want %d", found, len(targets.Rows))
		}
		if len(a.firsts) != len(targets.Next) {
			t.Fatalf("%d first tokens, want %d", len(a.firsts), len(targets.Next))
		}
		for i, at := range a.firsts {
			if a.rows[at] != starts[i] {
				t.Fatalf("sequence %d begins in row %d, want %d", i, a.rows[at], starts[i])
			}
		}
	}
}
