package lint

import (
	"bytes"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// TestThePathIsShort: who wants to know how BERT is trained and used reads a few packages in an evening. A bound may be lowered,
// and is not raised.
func TestThePathIsShort(t *testing.T) {
	lines := map[string]int{}
	files(t, func(name string) {
		if strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			text, err := os.ReadFile(filepath.Join(root, name))
			if err != nil {
				t.Fatal(err)
			}
			lines[path.Dir(name)] += bytes.Count(text, []byte("\n"))
		}
	})
	for _, bound := range []struct {
		most     int
		packages []string
	}{
		{5500, []string{"bert", "heads", "train"}},
		{10000, []string{"bert", "heads", "train", "task", "pipeline"}},
	} {
		sum := 0
		for _, p := range bound.packages {
			sum += lines[p]
		}
		if sum > bound.most {
			t.Errorf("%s have %d lines together, at most %d are allowed", strings.Join(bound.packages, ", "), sum, bound.most)
		}
	}
}
