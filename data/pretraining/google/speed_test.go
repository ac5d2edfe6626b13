package google

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkCreate runs the whole of Create on the files of GOBERT_GOOGLE_TEXT
// (separated by commas) with GOBERT_GOOGLE_VOCAB, two duplicates, whole words
// and seed 99. GOBERT_GOOGLE_GOLDEN names the file that the original made with
// the same flags; the outcome must be equal to it.
func BenchmarkCreate(b *testing.B) {
	text := os.Getenv("GOBERT_GOOGLE_TEXT")
	if text == "" {
		b.Skip("GOBERT_GOOGLE_TEXT names no text")
	}
	o := Defaults()
	o.Duplicates, o.Seed, o.WholeWords = 2, 99, true
	out := filepath.Join(b.TempDir(), "out.tfrecord")
	n := 0
	for b.Loop() {
		var err error
		n, err = Create(b.Context(), strings.Split(text, ","), os.Getenv("GOBERT_GOOGLE_VOCAB"), []string{out}, o)
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "examples/s")
	if golden := os.Getenv("GOBERT_GOOGLE_GOLDEN"); golden != "" {
		want, err := os.ReadFile(golden)
		if err != nil {
			b.Fatal(err)
		}
		if got, err := os.ReadFile(out); err != nil || !bytes.Equal(got, want) {
			b.Fatalf("the file differs from the original's (%v)", err)
		}
	}
}
