package heads

import (
	"slices"

	"gobert/bert"
)

// asked says which rows of the last layer the targets of a batch need, and where among them each task finds its own.
type asked struct {
	rows   []int32 // [R] rows of the batch, ascending and distinct
	masked []int32 // [M] masked rows, as numbers of rows
	ids    []int32 // [M] their original ids; -1 asks for nothing
	firsts []int32 // [B] rows of [CLS], as numbers of rows
}

// ask finds the rows that the targets need in a batch of so many rows, whose sequences begin at starts. With round, other
// rows are added until R and M are multiples of 64, for the reason that [bert.Packing] gives, unless there are fewer than fewest.
func ask(t PretrainingTargets, starts []int32, tokens int, round bool, fewest int) asked {
	wanted := slices.Clone(t.Rows)
	if t.Next != nil {
		wanted = append(wanted, starts...)
		slices.Sort(wanted)
		wanted = slices.Compact(wanted)
	}
	if round {
		wanted = filled(wanted, tokens, fewest)
	}
	a := asked{rows: wanted}
	spare := 0
	if missing := bert.Lacking(len(t.Rows)); round && len(t.Rows) >= fewest && missing <= len(wanted)-len(t.Rows) {
		spare = missing
	}
	next, start := 0, 0
	for i, row := range wanted {
		switch {
		case next < len(t.Rows) && t.Rows[next] == row:
			a.masked, a.ids, next = append(a.masked, int32(i)), append(a.ids, t.IDs[next]), next+1
		case spare > 0:
			a.masked, a.ids, spare = append(a.masked, int32(i)), append(a.ids, -1), spare-1
		}
		if t.Next != nil && start < len(starts) && starts[start] == row {
			a.firsts, start = append(a.firsts, int32(i)), start+1
		}
	}
	return a
}

// filled adds the first rows that are not there, until the number is a multiple of 64.
func filled(rows []int32, tokens, fewest int) []int32 {
	extra := bert.Lacking(len(rows))
	if extra == 0 || len(rows) < fewest || tokens-len(rows) < extra {
		return rows
	}
	out := make([]int32, 0, len(rows)+extra)
	next := 0
	for row := int32(0); extra > 0; row++ {
		if next < len(rows) && rows[next] == row {
			next++
		} else {
			extra--
		}
		out = append(out, row)
	}
	return append(out, rows[next:]...)
}
