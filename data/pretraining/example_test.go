package pretraining_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	"gobert/data"
	"gobert/data/pretraining"
)

// Every token comes back once an epoch when full sentences are packed.
func Example() {
	poem := pretraining.NewMemory([][][]int32{
		{{10, 11, 12}, {13, 14, 15}, {16, 17, 18}},
		{{19, 20, 21}, {22, 23, 24}, {25, 26, 27}},
	})
	vocabulary := pretraining.Vocabulary{Size: 30, ClsID: 2, SepID: 3, MaskID: 4, Special: []int32{0, 1}}
	options := pretraining.Defaults(12)
	options.NextSentence, options.ShortProb, options.MaskRate = false, 0, 0
	source, err := pretraining.New(poem, vocabulary, options)
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	l, err := data.NewLoader(ctx, source, data.LoaderOptions{Epochs: 1, Sequences: 2, Shuffle: data.Unshuffled})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer l.Close()
	for {
		batch, cursor, err := l.Next(ctx)
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(batch.IDs, batch.Offsets, cursor)
		l.Release(batch)
	}
	// Output:
	// [2 10 11 12 13 14 15 16 17 18 3 2 19 20 21 22 23 24 25 26 27 3] [0 11 22] {0 2}
}

// BenchmarkLoader draws and packs pairs of 128 to batches of 4,096 tokens.
func BenchmarkLoader(b *testing.B) {
	vocabulary := pretraining.Vocabulary{Size: 70000, ClsID: 2, SepID: 3, MaskID: 4}
	source, err := pretraining.New(library{}, vocabulary, pretraining.Defaults(128))
	if err != nil {
		b.Fatal(err)
	}
	l, err := data.NewLoader(b.Context(), source, data.LoaderOptions{Tokens: 4096})
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	sequences := 0
	b.ReportAllocs()
	for b.Loop() {
		batch, _, err := l.Next(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		sequences += batch.Len()
		l.Release(batch)
	}
	b.ReportMetric(float64(sequences)/b.Elapsed().Seconds(), "sequences/s")
}

// library is a corpus of a million sentences of 20 tokens in documents of 20.
type library struct{}

func (library) Documents() int                          { return 50_000 }
func (library) Sentences() int                          { return 1_000_000 }
func (library) DocumentRange(doc int) (first, last int) { return 20 * doc, 20*doc + 20 }
func (library) SentenceLen(int) int                     { return 20 }
func (library) AppendSentence(dst []int32, i int) []int32 {
	for range 20 {
		dst = append(dst, int32(10+i%60000))
	}
	return dst
}
