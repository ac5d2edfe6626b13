package google

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"gobert/data"
	"gobert/internal/tensorflow"
)

// FuzzRecord gives any bytes as an example: an error, or a batch that keeps its promises.
func FuzzRecord(f *testing.F) {
	o := Defaults()
	o.Length, o.MaxPredictions = 8, 2
	f.Add(newEncoder(&o).encode(&instance{ids: []int32{2, 9, 3, 4, 3}, firstLen: 3, positions: []int32{3}, labels: []int32{7}, random: true}))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, text []byte) {
		var fields tensorflow.Fields
		if fields.Parse(text) != nil {
			return
		}
		var b data.Batch
		if appendFields(&b, &fields) != nil {
			if b.Tokens() != 0 || b.Len() != 0 {
				t.Errorf("an error left %+v behind", b)
			}
			return
		}
		if err := b.Validate(1 << 31); err != nil {
			t.Error(err)
		}
	})
}

// FuzzText draws examples from any text with any vocabulary: an error, or examples that can be read.
func FuzzText(f *testing.F) {
	f.Add("a b\nb c\n\nc a é\n", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\n##c\n", int64(1))
	f.Add("\xff\n\n\n", "a\na\n", int64(-5))
	f.Fuzz(func(t *testing.T, text, vocab string, seed int64) {
		folder := t.TempDir()
		in, words, out := filepath.Join(folder, "text"), filepath.Join(folder, "vocab"), filepath.Join(folder, "out")
		if err := errors.Join(os.WriteFile(in, []byte(text), 0o600), os.WriteFile(words, []byte(vocab), 0o600)); err != nil {
			t.Fatal(err)
		}
		o := Defaults()
		o.Seed, o.Length, o.MaxPredictions, o.Duplicates, o.WholeWords = seed, 16, 3, 2, seed%2 == 0
		n, err := Create(t.Context(), []string{in}, words, []string{out}, o)
		if err != nil || n == 0 {
			return
		}
		source, err := Open(out)
		if err != nil {
			t.Fatal(err)
		}
		defer source.Close()
		for i := range n {
			if err := source.Append(source.NewBatch(), 0, i); err != nil {
				t.Fatal(err)
			}
		}
	})
}
