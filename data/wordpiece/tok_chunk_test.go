package wordpiece

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestChunksEqualTheGeneralWay: a batch is encoded in chunks with memory of their own, where an input allows it; the general way,
// which the golden files and sweeps tie to Hugging Face, must say the same.
func TestChunksEqualTheGeneralWay(t *testing.T) {
	tokenizer := fuzzTokenizer(t)
	r := rand.New(rand.NewPCG(3, 3))
	texts := slices.Concat(plainTexts, slices.Collect(randomTexts(9, 200)), []string{"", "[MASK] [SEP] é[CLS]", strings.Repeat("día [MASK] a ", 12)})
	for range 40 {
		var inputs []Input
		for range r.IntN(70) {
			in := Text(texts[r.IntN(len(texts))])
			switch r.IntN(4) {
			case 0:
				in = Pair(in.Text, plainTexts[r.IntN(len(plainTexts))])
			case 1:
				in = SplitWords(strings.Fields(in.Text))
			}
			inputs = append(inputs, in)
		}
		o := EncodeOptions{
			NoSpecial: r.IntN(4) == 0, SplitSpecial: r.IntN(4) == 0, Padding: Padding(r.IntN(3)), PaddingSide: Side(r.IntN(3)), TruncateSide: Side(r.IntN(3)),
			Truncation: []Truncation{DoNotTruncate, LongestFirst}[r.IntN(2)], MaxLength: 8 * (2 + r.IntN(4)), Stride: r.IntN(3), Workers: 1 + r.IntN(2),
		}
		if o.Padding != DoNotPad && r.IntN(2) == 0 {
			o.PadToMultiple = 8
		}
		p, err := tokenizer.plan(o)
		if err != nil {
			t.Fatal(err)
		}
		got, err := tokenizer.EncodeBatch(inputs, o)
		if err != nil {
			t.Fatal(err)
		}
		want := make([]*Encoding, len(inputs))
		for i, in := range inputs {
			if want[i], err = p.encode(in); err != nil {
				t.Fatal(err)
			}
		}
		if p.Padding != DoNotPad {
			p.padAll(want)
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(Encoding{}, textRange{}), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%+v: %s", o, diff)
		}
	}
}

// TestEncodingsDoNotShareMemory: what is appended to one encoding of a batch must not reach its neighbour.
func TestEncodingsDoNotShareMemory(t *testing.T) {
	batch, err := fuzzTokenizer(t).EncodeBatch([]Input{Text("the cat"), Text("the dog ran")}, EncodeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	before := batch[1].clone()
	first := batch[0]
	first.surround(slot{ids: []int32{-7}, tokens: []string{"x"}})
	first.padTo(50, padding{id: -1})
	if diff := cmp.Diff(before, batch[1], cmp.AllowUnexported(Encoding{}, textRange{})); diff != "" {
		t.Error(diff)
	}
}
