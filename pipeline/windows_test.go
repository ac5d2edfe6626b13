package pipeline

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gobert/data/labelled/conll"
	"gobert/data/labelled/features"
	"gobert/task"
)

// tagger opens the tagger that testdata/windows.py wrote.
func tagger(t *testing.T, o Options) *Pipeline {
	t.Helper()
	p, err := Open(t.Context(), filepath.Join("testdata", "windows"), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

// TestWindowsEqualPipeline: entities of texts longer than a window are those of the pipeline with the same stride, but where an
// entity is longer than what two windows share: the pipeline cuts that, here it stays whole.
func TestWindowsEqualPipeline(t *testing.T) {
	var golden struct {
		Cases []struct {
			Text           string
			Length, Stride int
			Strategy       conll.Strategy
			Entities       []task.Entity
		}
	}
	raw, err := os.ReadFile(filepath.Join("testdata", "windows", "expected.json"))
	if err == nil {
		err = json.Unmarshal(raw, &golden)
	}
	if err != nil {
		t.Fatal(err)
	}
	m := tagger(t, Options{}).Model
	same, cut := 0, 0
	for _, c := range golden.Cases {
		p := Of(m, Options{MaxLength: c.Length, Stride: c.Stride, Decoding: task.Decoding{Strategy: c.Strategy}})
		list, err := p.Tag(t.Context(), []string{c.Text})
		if err != nil {
			t.Fatal(err)
		}
		got := list[0]
		if spelled(got) != spelled(c.Entities) {
			cut++
			if longest(got) <= longest(c.Entities) {
				t.Errorf("%d, %d, %s, %q:\ngot  %s\nwant %s, or a longer entity", c.Length, c.Stride, c.Strategy, c.Text, spelled(got), spelled(c.Entities))
			}
			continue
		}
		same++
		for i, e := range got {
			if math.Abs(float64(e.Score-c.Entities[i].Score)) > 1e-5 {
				t.Errorf("%q: entity %d has score %g, want %g", c.Text, i, e.Score, c.Entities[i].Score)
			}
		}
	}
	if same != 100 || cut != 8 {
		t.Errorf("%d cases are those of the pipeline, %d have an entity that it cuts, want 100 and 8", same, cut)
	}
}

// TestWordsOfWindows: of a word that two windows have, the window decides in which it stands further from an edge.
func TestWordsOfWindows(t *testing.T) {
	var words []string
	for i := range 60 {
		words = append(words, []string{"boats", "near", "oslo", "walked", "under", "holm", "\u00adrivers"}[i*i%7])
	}
	const length, stride = 16, 6
	p := tagger(t, Options{MaxLength: length, Stride: stride})
	tags := func(words []string) []string {
		list, err := p.TagWords(t.Context(), [][]string{words})
		if err != nil {
			t.Fatal(err)
		}
		return list[0]
	}
	got := tags(words)

	// By hand: each window by itself, a word cut into its pieces.
	var pieces features.Pieces
	var of []int // the word of each piece
	for i, word := range words {
		before := len(pieces.IDs)
		p.Model.Tokenizer.AppendPieces(&pieces, word)
		for range len(pieces.IDs) - before {
			of = append(of, i)
		}
	}
	want, edges := make([]string, len(words)), make([]int, len(words))
	for from := 0; ; from += length - 2 - stride {
		to := min(from+length-2, len(of))
		first, last := of[from], of[to-1]
		window := tags(words[first : last+1])
		for i := from; i < to; i++ {
			if i > 0 && of[i-1] == of[i] {
				continue
			}
			if edge := 1 + min(i-from, to-1-i); edge > edges[of[i]] && from == firstPiece(of, first) && to == firstPiece(of, last+1) {
				edges[of[i]], want[of[i]] = edge, window[of[i]-first]
			} else if edge > edges[of[i]] {
				edges[of[i]], want[of[i]] = edge, "" // This window begins or ends inside of a word.
			}
		}
		if to == len(of) {
			break
		}
	}
	compared := 0
	for i := range want {
		if want[i] != "" {
			compared++
			if got[i] != want[i] {
				t.Errorf("word %d is %s, want %s", i, got[i], want[i])
			}
		}
	}
	if compared < 15 {
		t.Errorf("only %d words were compared", compared)
	}
}

// firstPiece is where the pieces of a word begin.
func firstPiece(of []int, word int) int {
	for i, w := range of {
		if w == word {
			return i
		}
	}
	return len(of)
}

func longest(list []task.Entity) (n int) {
	for _, e := range list {
		n = max(n, e.End-e.Start)
	}
	return n
}

func spelled(list []task.Entity) string {
	var b strings.Builder
	for _, e := range list {
		fmt.Fprintf(&b, "%s %d-%d %q; ", e.Label, e.Start, e.End, e.Word)
	}
	return b.String()
}
