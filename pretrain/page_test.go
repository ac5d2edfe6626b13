package pretrain

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gobert/data/pretraining"
	"gobert/internal/ui"
	"gobert/pipeline"
)

// TestMomentsAreFirstLastAndBetween: a sample is followed through at most six moments, and one that changed is left out.
func TestMomentsAreFirstLastAndBetween(t *testing.T) {
	var lines []Samples
	for step := range int64(20) {
		lines = append(lines, Samples{Step: 100 * step, Samples: []Sample{
			{Before: "the", After: "barked", Answer: "dog", Guesses: []pipeline.Guess{{Token: "cat", Probability: 0.25}}},
			{Before: "a", After: "sang", Answer: "bird"},
		}})
	}
	lines[19].Samples[1].Answer = "girl"
	got := moments(lines)
	if len(got) != 2 || got[0].Answer != "dog" || got[0].Moments[0].Guesses[0].Word != "cat" {
		t.Fatalf("got %+v", got)
	}
	steps := func(i int) (list []int64) {
		for _, m := range got[i].Moments {
			list = append(list, m.Step)
		}
		return list
	}
	if diff := cmp.Diff([]int64{0, 300, 700, 1100, 1500, 1900}, steps(0)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]int64{0, 300, 700, 1100, 1500}, steps(1)); diff != "" {
		t.Error(diff)
	}
	if one := moments(lines[:1]); len(one[0].Moments) != 1 {
		t.Errorf("one line gives %d moments", len(one[0].Moments))
	}
	if none := moments(nil); none != nil {
		t.Errorf("no line gives %v", none)
	}
}

func TestReadSamples(t *testing.T) {
	folder := t.TempDir()
	if list, err := readSamples(folder); list != nil || err != nil {
		t.Errorf("without a file: %v, %v", list, err)
	}
	whole := `{"step":1,"samples":[]}` + "\n"
	for text, want := range map[string]int{whole: 1, whole + `{"step":2,"sam`: 1, whole + whole: 2} {
		if err := os.WriteFile(filepath.Join(folder, SamplesFile), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if list, err := readSamples(folder); len(list) != want || err != nil {
			t.Errorf("%q: %d lines, %v; want %d", text, len(list), err, want)
		}
	}
	if err := os.WriteFile(filepath.Join(folder, SamplesFile), []byte("no JSON\n"+whole), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := readSamples(folder); err == nil || !strings.Contains(err.Error(), SamplesFile+": line 1") {
		t.Errorf("what is no JSON: %v", err)
	}
}

func TestCommandsCanBePasted(t *testing.T) {
	for text, want := range map[string]string{"run": "run", "my run": "'my run'", "it's": `'it'\''s'`, "": "''", "a [MASK].": "'a [MASK].'"} {
		if got := ui.Quoted(text); got != want {
			t.Errorf("%q is written %s, want %s", text, got, want)
		}
	}
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1000: "-1,000"} {
		if got := thousands(n); got != want {
			t.Errorf("%d is written %s, want %s", n, got, want)
		}
	}
}

// following is a text whose sentences follow each other.
type following struct{ pretraining.Corpus }

func (following) Follows(int) bool { return true }

// TestNeighboursComeFromAllOverTheText: pairs that follow each other, short enough, from documents spread over the corpus.
func TestNeighboursComeFromAllOverTheText(t *testing.T) {
	sentence := func(id int32, n int) (ids []int32) {
		for range n {
			ids = append(ids, id)
		}
		return ids
	}
	var c [][][]int32
	for doc := range int32(10) {
		c = append(c, [][]int32{sentence(10*doc, 60), sentence(10*doc+1, 5), sentence(10*doc+2, 6)})
	}
	var firsts []int32
	for _, p := range neighbours(following{pretraining.NewMemory(c)}, 40, true) {
		if len(p.A) != 5 || len(p.B) != 6 {
			t.Errorf("a pair of %d and %d tokens", len(p.A), len(p.B))
		}
		firsts = append(firsts, p.A[0])
	}
	if diff := cmp.Diff([]int32{1, 21, 51, 71}, firsts); diff != "" {
		t.Error(diff)
	}
	if single := neighbours(following{pretraining.NewMemory(c[:2])}, 40, false); len(single) != 2 || single[0].B != nil {
		t.Errorf("of two documents: %v", single)
	}
	if none := neighbours(following{pretraining.NewMemory(c)}, 9, true); none != nil {
		t.Errorf("too long: %v", none)
	}
}
