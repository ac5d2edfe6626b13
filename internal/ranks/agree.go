package ranks

import (
	"gobert/internal/fault"
)

// A Fact is something that all ranks must share: its name, and what it is on one rank.
type Fact struct {
	Name  string `json:"name"`  // "the version", "the settings", "the corpus": what follows "rank 1 has another"
	Value string `json:"value"` // a fingerprint, a number
	Hint  string `json:"hint,omitempty"`
}

// Differ compares what each rank told, by rank, with what rank 0 told. The error names every rank that differs in the first fact in which
// any does; a rank that tells other facts runs another version.
func Differ(told [][]Fact) error {
	for i, first := range told[0] {
		var ranks []int
		for rank, facts := range told {
			if len(facts) != len(told[0]) || facts[i].Name != first.Name {
				return fault.Usage("ranks: rank %d tells of other things than rank 0: it is another program, or another version of it", rank)
			}
			if facts[i].Value != first.Value {
				ranks = append(ranks, rank)
			}
		}
		if len(ranks) > 0 {
			err := fault.Usage("ranks: %s: %s on %s, and %s on rank 0", first.Name, told[ranks[0]][i].Value, Names(ranks), first.Value)
			if first.Hint != "" {
				err = err.Advise("%s", first.Hint)
			}
			return err
		}
	}
	return nil
}
