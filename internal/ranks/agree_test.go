package ranks

import (
	"testing"
)

func TestDiffer(t *testing.T) {
	told := func(version, corpus string) []Fact {
		return []Fact{{Name: "the version", Value: version, Hint: "install one"}, {Name: "the corpus", Value: corpus}}
	}
	for want, facts := range map[string][][]Fact{
		"": {told("1", "a"), told("1", "a"), told("1", "a")},
		"ranks: the version: 2 on ranks 1 and 2, and 1 on rank 0 (hint: install one)":                      {told("1", "a"), told("2", "b"), told("2", "a")},
		"ranks: the corpus: b on rank 2, and a on rank 0":                                                  {told("1", "a"), told("1", "a"), told("1", "b")},
		"ranks: rank 1 tells of other things than rank 0: it is another program, or another version of it": {told("1", "a"), told("1", "a")[:1]},
	} {
		got := ""
		if err := Differ(facts); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got := Names([]int{0, 1, 2, 3, 4, 5, 6, 7, 8}); got != "ranks 0, 1, 2, 3, 4, 5, 6, 7, ... (9 in all)" {
		t.Error(got)
	}
}

func TestLost(t *testing.T) {
	for want, err := range map[string]error{
		"rank 3 (pid 4 on a) is lost: its connection was closed (hint: what was saved is whole: start all ranks again, with --resume auto, to go on from there)": &Lost{Rank: 3, Where: "pid 4 on a", Reason: "its connection was closed"},
		"rank 0 failed: no memory": &Lost{Reason: "no memory", Kind: Failed},
		"rank 1 of 2 did not come": &Lost{Rank: 1, Reason: "rank 1 of 2 did not come", Kind: Absent},
	} {
		if err.Error() != want {
			t.Error(err)
		}
	}
}
