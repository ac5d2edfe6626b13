package corpus

import (
	"io"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestMemoryIsFlat builds corpora of one and of eight times a text: the larger one must not need
// more memory but for the index of a shard.
func TestMemoryIsFlat(t *testing.T) {
	text := corpusText(3)
	peak := func(times int) uint64 {
		o := buildOptions(t, "unused")
		o.Paths, o.Format, o.ShardSize, o.Workers = []string{Stdin}, Text, 2*blockBytes, 2
		o.Folder = filepath.Join(t.TempDir(), "corpus")
		var readers []io.Reader
		for range times {
			readers = append(readers, strings.NewReader(text))
		}
		o.Stdin = io.MultiReader(readers...)
		most := uint64(0)
		o.Progress = func(Progress) {
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
		}
		mustBuild(t, o)
		return most
	}
	small, large := peak(2), peak(16)
	t.Logf("at most %d MiB in use with %d MiB of text, %d MiB with %d MiB", small>>20, 2*len(text)>>20, large>>20, 16*len(text)>>20)
	if large > small+small/2+(8<<20) {
		t.Errorf("memory grew from %d to %d bytes with eight times the text", small, large)
	}
}
