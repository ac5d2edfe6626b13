package data

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// twoSequences returns a valid batch of a vocabulary of 10.
func twoSequences() *Batch {
	return &Batch{
		IDs:        []int32{2, 5, 3, 2, 4, 6, 3},
		Types:      []int32{0, 0, 0, 0, 0, 1, 1},
		Offsets:    []int32{0, 3, 7},
		MaskedRows: []int32{1, 4},
		MaskedIDs:  []int32{7, 8},
		Next:       []int32{0, 1},
	}
}

func TestBatchValidate(t *testing.T) {
	tests := []struct {
		name   string
		damage func(*Batch)
		want   string // part of the error, empty for none
	}{
		{"valid", func(*Batch) {}, ""},
		{"empty", func(b *Batch) { b.Reset() }, ""},
		{"no next sentence labels", func(b *Batch) { b.Next = nil }, ""},
		{"types missing", func(b *Batch) { b.Types = b.Types[1:] }, "6 token types for 7 tokens"},
		{"never closed", func(b *Batch) { b.Offsets = nil; b.Next = nil }, "no offsets"},
		{"first offset", func(b *Batch) { b.Offsets[0] = 1 }, "first offset of the batch is 1"},
		{"empty sequence", func(b *Batch) { b.Offsets[1] = 0 }, "sequence 0 of the batch is empty"},
		{"last offset", func(b *Batch) { b.Offsets[2] = 6 }, "last offset of the batch is 6"},
		{"id too large", func(b *Batch) { b.IDs[6] = 10 }, "token 6 of the batch has id 10"},
		{"id negative", func(b *Batch) { b.IDs[0] = -1 }, "token 0 of the batch has id -1"},
		{"masks uneven", func(b *Batch) { b.MaskedIDs = b.MaskedIDs[1:] }, "1 masked ids for 2 masked rows"},
		{"masks not ascending", func(b *Batch) { b.MaskedRows[1] = 1 }, "masked row 1 of the batch is 1"},
		{"mask beyond", func(b *Batch) { b.MaskedRows[1] = 7 }, "masked row 1 of the batch is 7"},
		{"original id", func(b *Batch) { b.MaskedIDs[0] = 10 }, "original id 10"},
		{"labels uneven", func(b *Batch) { b.Next = b.Next[1:] }, "1 next sentence labels for 2 sequences"},
		{"label value", func(b *Batch) { b.Next[1] = 2 }, "label of sequence 1 is 2"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := twoSequences()
			test.damage(b)
			err := b.Validate(10)
			if test.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got %v, want an error with %q", err, test.want)
			}
		})
	}
}

func TestBatchAppendSequence(t *testing.T) {
	b := new(Batch)
	for _, i := range []int{1, 0, 1} {
		b.AppendSequence(twoSequences(), i)
	}
	want := &Batch{
		IDs:        []int32{2, 4, 6, 3, 2, 5, 3, 2, 4, 6, 3},
		Types:      []int32{0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 1},
		Offsets:    []int32{0, 4, 7, 11},
		MaskedRows: []int32{1, 5, 8},
		MaskedIDs:  []int32{8, 7, 8},
		Next:       []int32{1, 0, 1},
	}
	if diff := cmp.Diff(want, b); diff != "" {
		t.Error(diff)
	}
}

func TestBatchResetKeepsMemory(t *testing.T) {
	b, src := new(Batch), twoSequences()
	b.AppendSequence(src, 1)
	if n := testing.AllocsPerRun(100, func() { b.Reset(); b.AppendSequence(src, 1) }); n != 0 {
		t.Errorf("filling a batch again allocates %v times, want 0", n)
	}
}
