package indexed

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
)

func TestReadingAllocatesNothing(t *testing.T) {
	prefix := filepath.Join(t.TempDir(), "x")
	write(t, prefix, 30522, draw(rand.New(rand.NewPCG(1, 1)), 50, 30522))
	d, err := Open(prefix)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	ids := make([]int32, 0, 64)
	allocs := testing.AllocsPerRun(100, func() {
		for doc := range d.Documents() {
			first, last := d.DocumentRange(doc)
			for i := first; i < last; i++ {
				ids = d.AppendSentence(ids[:0], i)
			}
		}
	})
	if allocs != 0 {
		t.Errorf("got %v allocations, want 0", allocs)
	}
}

// BenchmarkAppendSentence reads sentences in random order, by number of shards.
func BenchmarkAppendSentence(b *testing.B) {
	for _, shards := range []int{1, 64} {
		b.Run(fmt.Sprintf("shards=%d", shards), func(b *testing.B) {
			folder := b.TempDir()
			rng := rand.New(rand.NewPCG(1, 1))
			for k := range shards {
				write(b, filepath.Join(folder, fmt.Sprint(k)), 30522, draw(rng, 20000/shards, 30522))
			}
			d, err := Open(folder)
			if err != nil {
				b.Fatal(err)
			}
			defer d.Close()
			var ids []int32
			var tokens int64
			for b.Loop() {
				ids = d.AppendSentence(ids[:0], rng.IntN(d.Sentences()))
				tokens += int64(len(ids))
			}
			b.ReportMetric(float64(tokens)/b.Elapsed().Seconds()/1e6, "Mtokens/s")
		})
	}
}

// BenchmarkWriter writes sentences of 25 tokens, without the final sync.
func BenchmarkWriter(b *testing.B) {
	w, err := Create(filepath.Join(b.TempDir(), "x"), 30522)
	if err != nil {
		b.Fatal(err)
	}
	defer w.Abort()
	sentence := make([]int32, 25)
	b.SetBytes(int64(len(sentence)) * 2)
	for b.Loop() {
		if err := w.AddSentence(sentence); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkOpen checks a whole index of a million sentences.
func BenchmarkOpen(b *testing.B) {
	prefix := filepath.Join(b.TempDir(), "x")
	w, err := Create(prefix, 30522)
	if err != nil {
		b.Fatal(err)
	}
	for range 1_000_000 {
		w.AddSentence([]int32{1, 2, 3})
	}
	w.EndDocument()
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		d, err := Open(prefix)
		if err != nil {
			b.Fatal(err)
		}
		d.Close()
	}
}
