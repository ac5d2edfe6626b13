package wordpiece

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestEncodingsDoNotShareMemory: what is appended to one encoding of a batch must not reach its neighbour.
func TestEncodingsDoNotShareMemory(t *testing.T) {
	encode := func() []*Encoding {
		batch, err := fuzzTokenizer(t).EncodeBatch([]Input{Text("the cat"), Text("the dog ran")}, EncodeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return batch
	}
	batch := encode()
	e := batch[0]
	for _, s := range []*[]int32{&e.IDs, &e.TypeIDs, &e.WordIDs, &e.SpecialMask, &e.AttentionMask} {
		*s = append(*s, -7)
	}
	e.Tokens, e.Offsets, e.ByteOffsets = append(e.Tokens, "x"), append(e.Offsets, Span{7, 8}), append(e.ByteOffsets, Span{7, 8})
	if diff := cmp.Diff(encode()[1], batch[1], cmp.AllowUnexported(Encoding{})); diff != "" {
		t.Error(diff)
	}
}
