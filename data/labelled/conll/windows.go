package conll

import (
	"cmp"
	"slices"
)

// AggregateWindows finds the entities of a text that was read in overlapping windows, as the pipeline does with a stride: those of
// each window, of which the longest stay where they overlap. An entity longer than what two windows share is cut by both; the
// pipeline would leave out its shorter part, here it is found among the tokens of the whole text, each as one of its windows has
// it. With [None], which the pipeline refuses, all come from there.
func AggregateWindows(text string, windows [][]Token, whole []Token, labels []string, s Strategy, ignore []string) []Entity {
	if s == None || len(windows) == 1 {
		return Aggregate(text, whole, labels, s, ignore)
	}
	found := make([][]Entity, len(windows))
	var all []Entity
	for i, tokens := range windows {
		found[i] = Aggregate(text, tokens, labels, s, ignore)
		all = append(all, found[i]...)
	}
	merged := Merge(all)
	var mended []Entity
	for _, cut := range cuts(windows, found) {
		for _, e := range Aggregate(text, whole, labels, s, ignore) {
			if overlap(e, cut) && !slices.ContainsFunc(mended, func(other Entity) bool { return overlap(e, other) }) {
				mended = append(mended, e)
			}
		}
		merged = slices.DeleteFunc(merged, func(e Entity) bool { return overlap(e, cut) })
	}
	for _, e := range mended {
		merged = slices.DeleteFunc(merged, func(other Entity) bool { return overlap(e, other) })
	}
	merged = append(merged, mended...)
	slices.SortStableFunc(merged, func(a, b Entity) int { return cmp.Compare(a.Start, b.Start) })
	return merged
}

// cuts lists what the borders of windows cut: of an entity that goes to the end of one window and, with the same label, goes on
// from the beginning of the next, both parts together.
func cuts(windows [][]Token, found [][]Entity) (list []Entity) {
	for f := 0; f+1 < len(windows); f++ {
		before, after := windows[f], windows[f+1]
		if len(before) == 0 || len(after) == 0 {
			continue
		}
		for _, a := range found[f] {
			for _, b := range found[f+1] {
				if a.End == before[len(before)-1].End && b.Start == after[0].Start && a.Label == b.Label &&
					a.Start < b.Start && b.Start < a.End && a.End < b.End {
					list = append(list, Entity{Label: a.Label, Start: a.Start, End: b.End})
				}
			}
		}
	}
	return list
}

// overlap reports whether two entities share a letter.
func overlap(a, b Entity) bool { return a.Start < b.End && b.Start < a.End }

// Merge joins the entities of overlapping windows of one text: of two that overlap the longer one stays, of equally long
// ones the surer.
func Merge(all []Entity) []Entity {
	if len(all) == 0 {
		return all
	}
	slices.SortStableFunc(all, func(a, b Entity) int { return cmp.Compare(a.Start, b.Start) })
	var out []Entity
	last := all[0]
	for _, e := range all {
		if last.Start <= e.Start && e.Start < last.End {
			length, before := e.End-e.Start, last.End-last.Start
			if length > before || length == before && e.Score > last.Score {
				last = e
			}
			continue
		}
		out = append(out, last)
		last = e
	}
	return append(out, last)
}
