package wordpiece

import (
	"testing"

	"gobert/internal/testkit"
)

// BenchmarkDoors measures the doors of a tokenizer over English lines, on one core and on two. With GOBERT_PYTHON it also says how
// many times faster than Hugging Face's encode_batch_fast on one core a batch is.
//
//	go test -run '^$' -bench Doors ./data/wordpiece
func BenchmarkDoors(b *testing.B) {
	t, err := Open(testkit.Data(b, "vocab", "bert-base-uncased"))
	if err != nil {
		b.Fatal(err)
	}
	texts := speedTexts(b)["lines"]
	reference := referenceSpeed(b, testkit.Data(b, "vocab", "bert-base-uncased", "vocab.txt"), engineRules("bert-base-uncased"), texts)
	size := int64(0)
	var inputs []Input
	for _, text := range texts {
		inputs = append(inputs, Text(text))
		size += int64(len(text))
	}
	b.Run("AppendIDs", func(b *testing.B) {
		b.SetBytes(size)
		b.ReportAllocs()
		var ids []int32
		for b.Loop() {
			for _, text := range texts {
				ids = t.AppendIDs(ids[:0], text)
			}
		}
	})
	b.Run("AppendPieces", func(b *testing.B) {
		b.SetBytes(size)
		b.ReportAllocs()
		var p Pieces
		for b.Loop() {
			for _, text := range texts {
				p.Reset()
				t.AppendPieces(&p, text)
			}
		}
	})
	for _, w := range []struct {
		name    string
		workers int
	}{{"one", 1}, {"two", 2}} {
		o := EncodeOptions{MaxLength: 128, Truncation: LongestFirst, Workers: w.workers}
		b.Run("EncodePacked/"+w.name, func(b *testing.B) {
			b.SetBytes(size)
			for b.Loop() {
				if _, err := t.EncodePacked(inputs, false, o); err != nil {
					b.Fatal(err)
				}
			}
			compare(b, int(size), reference)
		})
		b.Run("EncodeBatch/"+w.name, func(b *testing.B) {
			b.SetBytes(size)
			for b.Loop() {
				if _, err := t.EncodeBatch(inputs, o); err != nil {
					b.Fatal(err)
				}
			}
			compare(b, int(size), reference)
		})
	}
}
