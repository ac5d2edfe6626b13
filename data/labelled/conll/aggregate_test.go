package conll

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMerge(t *testing.T) {
	got := Merge([]Entity{{Label: "A", Start: 10, End: 14, Score: 0.5}, {Label: "B", Start: 0, End: 4, Score: 0.9}, {Label: "C", Start: 11, End: 20, Score: 0.1}, {Label: "D", Start: 2, End: 6, Score: 0.95}})
	want := []Entity{{Label: "D", Start: 2, End: 6, Score: 0.95}, {Label: "C", Start: 11, End: 20, Score: 0.1}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if Merge(nil) != nil {
		t.Error("nothing became something")
	}
}

func TestAggregateEdges(t *testing.T) {
	labels := []string{"O", "B-X", "I-X"}
	tokens := []Token{
		{Piece: "an", Index: 1, Start: 0, End: 2, Logits: []float32{0, 9, 0}},
		{Piece: "##na", Index: 2, Start: 2, End: 4, Logits: []float32{9, 0, 0}},
		{Piece: "[UNK]", Unknown: true, Index: 3, Start: 5, End: 8, Logits: []float32{0, 0, 9}},
		{Piece: "!", Index: 4, Start: 8, End: 9, Logits: []float32{0, 0, 9}},
	}
	const text = "anna böb!"
	words := func(s Strategy, ignore []string) (out []string) {
		for _, e := range Aggregate(text, tokens, labels, s, ignore) {
			out = append(out, e.Label+":"+e.Word)
		}
		return out
	}
	for _, test := range []struct {
		strategy Strategy
		ignore   []string
		want     []string
	}{
		{None, nil, []string{"B-X:an", "I-X:b\xc3\xb6", "I-X:!"}},
		{Simple, nil, []string{"X:an", "X:b\xc3\xb6!"}},
		{First, nil, []string{"X:anna b\xc3\xb6!"}},
		{Simple, []string{}, []string{"X:an", "O:##na", "X:b\xc3\xb6!"}},
	} {
		if diff := cmp.Diff(test.want, words(test.strategy, test.ignore)); diff != "" {
			t.Errorf("%s: %s", test.strategy, diff)
		}
	}
	if got := Aggregate("", nil, labels, Average, nil); len(got) != 0 {
		t.Errorf("no tokens have entities: %v", got)
	}
}

func FuzzAggregate(f *testing.F) {
	f.Add("some text here", []byte("some text here, with logits of all kinds"), 2)
	f.Fuzz(func(t *testing.T, text string, raw []byte, strategy int) {
		var tokens []Token
		for i := 0; i+5 < len(raw); i += 6 {
			start := int(int8(raw[i]))
			tokens = append(tokens, Token{
				Piece: string(raw[i : i+2]), Unknown: raw[i]&1 == 1, Start: start, End: start + int(int8(raw[i+1])),
				Logits: []float32{float32(raw[i+2]), float32(raw[i+3]), float32(raw[i+4]), float32(raw[i+5])},
			})
		}
		Merge(Aggregate(text, tokens, []string{"O", "B-X", "I-X", "Y"}, Strategies()[uint(strategy)%5], nil))
	})
}
