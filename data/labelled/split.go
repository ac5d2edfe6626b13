package labelled

import (
	"cmp"
	"hash/maphash"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
)

// SplitDev takes share (0 to 1) of the examples, at least one, for evaluation: stratified by label where each has one, and
// the same for the same seed. Examples of one context stay together (SQuAD), so that no context is in both parts; where there
// is one context only, dev is empty. Both parts keep the order of the file.
func SplitDev(all []Example, share float64, seed uint64) (train, dev []Example) {
	groups := group(all)
	want := int(math.Round(share * float64(len(all))))
	want = min(max(want, 1), len(all)-1)
	if want < 1 {
		return all, nil
	}
	random := rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15))
	chosen := make([]bool, len(all))
	left := want
	for i, quota := range quotas(groups, want, len(all)) {
		members := groups[i]
		random.Shuffle(len(members), func(a, b int) { members[a], members[b] = members[b], members[a] })
		for _, unit := range members {
			if quota <= 0 || left <= 0 {
				break
			}
			if len(unit) == len(all)-(want-left) {
				continue // all that is left to train on
			}
			for _, k := range unit {
				chosen[k] = true
			}
			quota -= len(unit)
			left -= len(unit)
		}
	}
	for i := range all {
		if chosen[i] {
			dev = append(dev, all[i])
		} else {
			train = append(train, all[i])
		}
	}
	return train, dev
}

// group gives, for each label in a fixed order, its units: examples that must stay together.
func group(all []Example) [][][]int {
	byLabel := map[string][][]int{}
	context := map[string]int{}
	for i := range all {
		e := &all[i]
		label := ""
		if len(e.Labels) == 1 && len(e.Choices) == 0 {
			label = e.Labels[0]
		}
		if e.Answers != nil || e.Impossible {
			if at, ok := context[e.Pair]; ok {
				byLabel[""][at] = append(byLabel[""][at], i)
				continue
			}
			context[e.Pair] = len(byLabel[""])
		}
		byLabel[label] = append(byLabel[label], []int{i})
	}
	names := slices.Sorted(maps.Keys(byLabel))
	// Targets of a regression are nearly all different: strata of one example each would say nothing.
	if len(names) > 20 && len(names)*4 > len(all) {
		var one [][]int
		for i := range all {
			one = append(one, []int{i})
		}
		return [][][]int{one}
	}
	groups := make([][][]int, len(names))
	for i, name := range names {
		groups[i] = byLabel[name]
	}
	return groups
}

// quotas shares want among the groups by size, by largest remainders; a group of one stays in train.
func quotas(groups [][][]int, want, total int) []int {
	q := make([]int, len(groups))
	type rest struct {
		group int
		part  float64
	}
	var rests []rest
	given := 0
	for i, g := range groups {
		size := 0
		for _, unit := range g {
			size += len(unit)
		}
		exact := float64(want) * float64(size) / float64(total)
		q[i] = int(exact)
		given += q[i]
		if len(g) > 1 {
			rests = append(rests, rest{i, exact - float64(q[i])})
		}
	}
	slices.SortStableFunc(rests, func(a, b rest) int { return cmp.Compare(b.part, a.part) })
	for i := 0; given < want && i < len(rests); i++ {
		q[rests[i].group]++
		given++
	}
	return q
}

// Duplicate is an example that is in two files, whatever its labels.
type Duplicate struct {
	Train, Dev Origin
	SameLabels bool
}

// Duplicates finds the dev examples whose texts (words, question and context, choices) are those of a train example.
func Duplicates(train, dev []Example) []Duplicate {
	seed := maphash.MakeSeed()
	seen := make(map[uint64]int, len(train))
	for i := range train {
		seen[key(seed, &train[i])] = i
	}
	var found []Duplicate
	for i := range dev {
		d := &dev[i]
		k, ok := seen[key(seed, d)]
		if !ok || !sameText(&train[k], d) {
			continue
		}
		t := &train[k]
		found = append(found, Duplicate{t.Origin, d.Origin, slices.Equal(t.Labels, d.Labels) && slices.Equal(t.Tags, d.Tags)})
	}
	return found
}

func key(seed maphash.Seed, e *Example) uint64 {
	return maphash.String(seed, strings.Join([]string{e.Text, e.Pair, strings.Join(e.Words, " "), strings.Join(e.Choices, "\n")}, "\x00"))
}

func sameText(a, b *Example) bool {
	return a.Text == b.Text && a.Pair == b.Pair && slices.Equal(a.Words, b.Words) && slices.Equal(a.Choices, b.Choices)
}
