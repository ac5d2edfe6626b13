package metrics

import (
	"slices"
	"strings"
	"testing"

	"gobert/data/labelled/conll"
)

func words(lines []string) [][]string {
	out := make([][]string, len(lines))
	for i, l := range lines {
		out[i] = strings.Fields(l)
	}
	return out
}

func TestEntitiesEqualSeqeval(t *testing.T) {
	type golds struct {
		Scheme                 string
		Truth, Predicted       []string
		Error                  string
		Micro, Macro, Weighted []number
		Each                   [][]number
		Accuracy               *number
	}
	refused, strict := 0, 0
	for i, g := range golden[golds](t, "entities.json") {
		r, err := Entities(words(g.Truth), words(g.Predicted))
		if g.Scheme != "" {
			k := slices.IndexFunc(schemes(), func(s scheme) bool { return s.name == g.Scheme })
			if k < 0 {
				continue // IOB1 and IOE1 are turned into others when they are read
			}
			strict++
			r, err = entities(words(g.Truth), words(g.Predicted), func(_ int, tags []string) ([]conll.Chunk, error) { return schemes()[k].chunks(tags) })
		}
		if (err != nil) != (g.Error != "") {
			t.Errorf("case %d, %q, %s: error %v, want %q", i, g.Scheme, g.Truth, err, g.Error)
		}
		if err != nil {
			refused++
			continue
		}
		three(t, r.Micro, g.Micro, "case %d, %q: micro", i, g.Scheme)
		three(t, r.Macro, g.Macro, "case %d, %q: macro", i, g.Scheme)
		three(t, r.Weighted, g.Weighted, "case %d, %q: weighted", i, g.Scheme)
		if len(r.Types) != len(g.Each) || !slices.IsSortedFunc(r.Types, func(a, b Row) int { return strings.Compare(a.Name, b.Name) }) {
			t.Fatalf("case %d, %q: types %v, want %d", i, g.Scheme, r.Types, len(g.Each))
		}
		for j, want := range g.Each {
			three(t, r.Types[j].Scores, want, "case %d, %q: %s", i, g.Scheme, r.Types[j].Name)
		}
		if g.Accuracy != nil {
			same(t, r.Accuracy, *g.Accuracy, "case %d: accuracy", i)
		}
	}
	if refused < 14 || strict < 364 {
		t.Errorf("only %d cases are refused, %d read strictly", refused, strict)
	}
}

func TestConllevalEqualsScript(t *testing.T) {
	type golds struct {
		Truth, Predicted []string
		Counts           [3]int
		Output           string
	}
	printed := 0
	for i, g := range golden[golds](t, "conlleval.json") {
		r, err := Conlleval(words(g.Truth), words(g.Predicted))
		if err != nil {
			t.Fatal(err)
		}
		if got := [3]int{r.Phrases, r.Found, r.Correct}; got != g.Counts {
			t.Errorf("case %d: %s and %s: counts %v, want %v", i, g.Truth, g.Predicted, got, g.Counts)
		}
		if g.Output == "" {
			continue
		}
		printed++
		if got := r.String(); got != g.Output {
			t.Errorf("case %d: got\n%swant\n%s", i, got, g.Output)
		}
	}
	if printed < 200 {
		t.Errorf("only %d cases are the script's own", printed)
	}
}

func TestDetect(t *testing.T) {
	for tags, want := range map[string]string{
		"B-X I-X O": "IOB2", "B-X O": "IOB2", "I-X E-X O": "IOE2", "B-X I-X E-X S-X O": "IOBES", "B-X L-X U-X O": "BILOU", "U-X": "BILOU",
		"I-X O": "", "O": "", "B-X L-X S-X": "",
	} {
		s, err := detect([][]string{strings.Fields(tags)})
		if got := s.name; got != want || (err == nil) != (want != "") {
			t.Errorf("%s: got %q, %v; want %q", tags, got, err, want)
		}
	}
	_, err := detect([][]string{{"O"}, {"O", "Q-X"}})
	contains(t, err, `sentence 1, word 1: the tag "Q-X" does not begin with`)
}

func TestBadTags(t *testing.T) {
	_, err := Entities([][]string{{"O"}}, nil)
	contains(t, err, "1 tagged sentences but 0 predictions")
	_, err = Conlleval([][]string{{"O"}}, [][]string{{}})
	contains(t, err, "sentence 0 has 1 labels but 0 predictions")
	_, _, err = StrictEntities([][]string{{"B-X"}}, [][]string{{"S-X"}})
	contains(t, err, `predictions of sentence 0: metrics: word 0: the tag "S-X" is not one of IOB2`)
	_, _, err = StrictEntities([][]string{{"B-X"}}, [][]string{{""}})
	contains(t, err, `predictions of sentence 0: metrics: word 0: the tag "" does not begin`)
}

// FuzzChunks: whatever the tags, entities lie inside the sentence; read strictly, they are in order and do not overlap. Read
// leniently, tags that no scheme has may make what seqeval makes of them: an entity that reaches back over another.
func FuzzChunks(f *testing.F) {
	f.Add("B-X I-X O E-Y S-Z", uint8(0))
	f.Add("\xff-X . - B-", uint8(5))
	f.Add("00  0 00", uint8(0))
	f.Fuzz(func(t *testing.T, text string, n uint8) {
		tags := strings.Split(text, " ")
		chunks, err := Chunks(tags), error(nil)
		n %= 5
		if n > 0 {
			chunks, err = schemes()[n-1].chunks(tags)
		}
		if err != nil {
			return
		}
		end := 0
		for _, c := range chunks {
			if c.Start < end && n > 0 || c.End <= c.Start || c.End > len(tags) {
				t.Fatalf("%q: %+v", tags, chunks)
			}
			end = c.End
		}
	})
}
