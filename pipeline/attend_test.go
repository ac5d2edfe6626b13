package pipeline

import (
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gobert/bert"
)

// TestAttendGivesEveryHead: rows are probabilities, and they are those that the encoder gives for the same ids.
func TestAttendGivesEveryHead(t *testing.T) {
	p := opened(t, filepath.Join("testdata", "scores", "one"))
	list, err := p.Attend(t.Context(), []string{"boats near oslo", "boats [SEP] near oslo"})
	if err != nil {
		t.Fatal(err)
	}
	encoder, special := p.Model.Network.Encoder(), p.Model.Tokenizer.Special()
	c := encoder.Config
	for i, parts := range [][]string{{"boats near oslo"}, {"boats", "near oslo"}} {
		ids, types := []int32{special.Cls}, []int32{0}
		for kind, part := range parts {
			ids = append(p.Model.Tokenizer.AppendIDs(ids, part), special.Sep)
			for len(types) < len(ids) {
				types = append(types, int32(kind))
			}
		}
		out, err := encoder.Encode(bert.Input{IDs: ids, Types: types, Offsets: []int32{0, int32(len(ids))}}, bert.Want{Attention: true})
		if err != nil {
			t.Fatal(err)
		}
		a := list[i]
		if len(a.Tokens) != len(ids) || len(a.Heads) != c.NumLayers*c.NumHeads {
			t.Fatalf("%d tokens, %d heads: expected %d, %d", len(a.Tokens), len(a.Heads), len(ids), c.NumLayers*c.NumHeads)
		}
		for k, h := range a.Heads {
			if h.Layer != k/c.NumHeads+1 || h.Head != k%c.NumHeads+1 {
				t.Errorf("head %d is called %d of layer %d", k, h.Head, h.Layer)
			}
			for from, row := range h.Weights {
				sum := 0.0
				start := ((h.Head-1)*len(ids) + from) * len(ids)
				for to, w := range row {
					sum += float64(w)
					if want := out.Attention[h.Layer-1][0][start+to]; math.Abs(float64(w-want)) > 1e-6 {
						t.Errorf("text %d, layer %d, head %d, from %d to %d: %v, expected %v", i, h.Layer, h.Head, from, to, w, want)
					}
				}
				if math.Abs(sum-1) > 1e-5 {
					t.Errorf("text %d, layer %d, head %d, token %d: the sum is %v", i, h.Layer, h.Head, from, sum)
				}
			}
		}
	}
}

func TestPlacesOfAWord(t *testing.T) {
	a := Attended{Tokens: strings.Fields("[CLS] it sat on it [SEP]")}
	if places, err := a.Places("It"); err != nil || !slices.Equal(places, []int{1, 4}) {
		t.Errorf("places %v, %v", places, err)
	}
	if _, err := a.Places("rug"); err == nil || !strings.Contains(err.Error(), `"rug"`) {
		t.Errorf("a word that is not there: %v", err)
	}
}
