package conll

import (
	"encoding/json"
	"math"
	"os"
	"testing"
)

// places maps characters to bytes.
func places(s string) []int {
	var at []int
	for i := range s {
		at = append(at, i)
	}
	return append(at, len(s))
}

func TestAggregateEqualsPipeline(t *testing.T) {
	var g struct {
		Names []string
		Cases []struct {
			Text    string
			Windows [][]struct {
				Piece             string
				Unk               bool
				Index, Start, End int
				Logits            []float32
			}
			Results map[Strategy][]struct {
				Entity string
				Group  string `json:"entity_group"`
				Score  float64
				Word   string
				Index  int
				Start  int
				End    int
			}
		}
	}
	raw, err := os.ReadFile("../testdata/golden/entities.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &g); err != nil {
		t.Fatal(err)
	}
	compared := 0
	for i, c := range g.Cases {
		at := places(c.Text)
		for strategy, want := range c.Results {
			var got []Entity
			for _, w := range c.Windows {
				var tokens []Token
				for _, k := range w {
					tokens = append(tokens, Token{k.Piece, k.Unk, k.Index, at[k.Start], at[k.End], k.Logits})
				}
				got = append(got, Aggregate(c.Text, tokens, g.Names, strategy, nil)...)
			}
			if len(c.Windows) > 1 {
				got = Merge(got)
			}
			if len(got) != len(want) {
				t.Errorf("case %d, %s: %d entities, want %d", i, strategy, len(got), len(want))
				continue
			}
			for k, w := range want {
				e := got[k]
				compared++
				if e.Label != w.Entity+w.Group || e.Word != w.Word || e.Start != at[w.Start] || e.End != at[w.End] ||
					math.Abs(float64(e.Score)-w.Score) > 1e-6 || strategy == None && e.Index != w.Index {
					t.Errorf("case %d, %s: entity %d is %+v, want %+v", i, strategy, k, e, w)
				}
			}
		}
	}
	if compared < 200 {
		t.Errorf("only %d entities compared", compared)
	}
}
