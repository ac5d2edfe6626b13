package corpus

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"gobert/data/wordpiece"
	"gobert/internal/testkit"
)

// BenchmarkBuild builds a corpus of the Wikipedia file, reading and writing included; with
// -cpu 1 it is the speed of one core.
func BenchmarkBuild(b *testing.B) {
	text := testkit.Data(b, "corpus", "wikipedia.txt")
	tokenizer, err := wordpiece.Open(testkit.Data(b, "vocab", "bert-base-uncased"))
	if err != nil {
		b.Fatal(err)
	}
	for _, split := range []bool{false, true} {
		b.Run(fmt.Sprintf("split=%v", split), func(b *testing.B) {
			o := NewBuildOptions()
			o.Paths, o.Tokenizer, o.Split = []string{text}, tokenizer, &split
			folder := b.TempDir()
			info, err := os.Stat(text)
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(info.Size())
			for i := 0; b.Loop(); i++ {
				o.Folder = filepath.Join(folder, fmt.Sprint(i))
				mustBuild(b, o)
			}
		})
	}
}
