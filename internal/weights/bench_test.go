package weights

import (
	"os"
	"testing"
)

// BenchmarkOpen opens the weights that BERT_WEIGHTS names, a folder or a file.
func BenchmarkOpen(b *testing.B) {
	path := os.Getenv("BERT_WEIGHTS")
	if path == "" {
		b.Skip("BERT_WEIGHTS names no weights")
	}
	for b.Loop() {
		source, err := Open(path)
		if err != nil {
			b.Fatal(err)
		}
		source.Close()
	}
}
