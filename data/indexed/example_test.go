package indexed_test

import (
	"fmt"
	"os"
	"path/filepath"

	"gobert/data/indexed"
)

func Example() {
	folder, err := os.MkdirTemp("", "corpus")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)

	w, err := indexed.Create(filepath.Join(folder, "tiny"), 30522)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer w.Abort()
	for _, document := range [][][]int32{{{7592, 2088}, {1012}}, {{2748}}} {
		for _, sentence := range document {
			if err := w.AddSentence(sentence); err != nil {
				fmt.Println(err)
				return
			}
		}
		if err := w.EndDocument(); err != nil {
			fmt.Println(err)
			return
		}
	}
	if err := w.Close(); err != nil {
		fmt.Println(err)
		return
	}

	corpus, err := indexed.Open(folder)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer corpus.Close()
	fmt.Println(corpus.Documents(), "documents,", corpus.Tokens(), "tokens")
	first, last := corpus.DocumentRange(0)
	for i := first; i < last; i++ {
		fmt.Println(corpus.AppendSentence(nil, i))
	}
	// Output:
	// 2 documents, 4 tokens
	// [7592 2088]
	// [1012]
}
