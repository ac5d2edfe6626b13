package vocab_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"gobert/data/corpus"
	"gobert/data/vocab"
	"gobert/data/wordpiece"
)

// realText returns a file of the real data, or skips.
func realText(tb testing.TB, name string) string {
	folder := os.Getenv("BERT_DATA")
	if folder == "" {
		folder = filepath.Join("..", "..", "..", "shared", "data")
	}
	path := filepath.Join(folder, "corpus", name)
	if _, err := os.Stat(path); err != nil {
		tb.Skipf("no real text to read (set BERT_DATA): %v", err)
	}
	return path
}

// BenchmarkWikipedia trains BERT's vocabulary size from the real text, reading included.
func BenchmarkWikipedia(b *testing.B) {
	path := realText(b, "wikipedia.txt")
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(info.Size())
	o := vocab.NewOptions()
	o.Folder = b.TempDir()
	rules, err := wordpiece.New(o.SpecialTokens, wordpiece.DefaultOptions(true))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		text, err := corpus.Read(corpus.ReadOptions{Paths: []string{path}})
		if err != nil {
			b.Fatal(err)
		}
		ctx := context.Background()
		r, err := vocab.Train(ctx, text.Texts(ctx), func() vocab.WordFunc { return rules.Words() }, o)
		if err != nil || len(r.Pieces) != o.Size {
			b.Fatal(r, err)
		}
	}
}
