package task

import (
	"math"
	"testing"

	"gobert/bert"
	"gobert/data"
	"gobert/heads"
)

// TestFLOPsOfKnownShapes compares with what the products' shapes give, written out.
func TestFLOPsOfKnownShapes(t *testing.T) {
	base := bert.DefaultConfig()
	var matrices float64 // of the encoder layers: every parameter of a matrix is one multiply-add a token
	model, err := heads.NewPretraining(base)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range model.Bert.Layers {
		for _, p := range bert.Parameters(l) {
			if p.Kind == bert.Matrix {
				matrices += float64(p.Numel())
			}
		}
	}
	const tokens, sequences = 128, 4
	offsets := []int32{0, tokens, 2 * tokens, 3 * tokens, 4 * tokens}
	attention := 12.0 * sequences * 2 * (2 * tokens * tokens * 768)
	want := 2*matrices*tokens*sequences + attention
	if got := EncoderFLOPs(base, offsets); math.Abs(got-want) > 1e-9*want {
		t.Errorf("encoder: %v, want %v", got, want)
	}
	b := &data.Batch{IDs: make([]int32, sequences*tokens), Offsets: offsets, MaskedRows: make([]int32, 80), Next: make([]int32, sequences)}
	want += 80*2*(768*768+768*30522) + sequences*2*(768*768+2*768)
	want -= (sequences*tokens - 80 - sequences) * 2 * (768*768 + 2*768*3072) // tokens of the last layer that nothing reads
	if got := (&Pretraining{Model: model}).FLOPs(b); math.Abs(got-3*want) > 1e-9*want {
		t.Errorf("step: %v, want %v", got, 3*want)
	}
}
