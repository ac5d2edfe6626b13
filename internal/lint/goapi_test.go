package lint

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// shown is a block of docs/go-api.md with the example that it shows.
var shown = regexp.MustCompile("(?s)`(Example\\w*)` in \\[([^]]+)\\]\\([^)]*\\):\n\n```go\n(.*?)```\n")

// TestBlocksOfTheGuideAreExamples: each block of Go in the guide to the packages is the body of the example that is named above
// it, which is compiled and run.
func TestBlocksOfTheGuideAreExamples(t *testing.T) {
	guide, err := os.ReadFile(filepath.Join(root, "docs", "go-api.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := shown.FindAllStringSubmatch(string(guide), -1)
	if all := strings.Count(string(guide), "```go\n"); len(blocks) != all || all == 0 {
		t.Errorf("docs/go-api.md: %d of %d blocks of Go name their example", len(blocks), all)
	}
	for _, block := range blocks {
		want, ok := bodyOf(t, filepath.Join(root, block[2]), block[1])
		if !ok {
			t.Errorf("docs/go-api.md: %s has no function %s", block[2], block[1])
			continue
		}
		if diff := cmp.Diff(want, block[3]); diff != "" {
			t.Errorf("docs/go-api.md shows another %s than %s (-example +guide):\n%s", block[1], block[2], diff)
		}
	}
}

// bodyOf gives what stands between a function's braces, moved to the left by one tab.
func bodyOf(t *testing.T, path, function string) (body string, found bool) {
	t.Helper()
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, source, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Recv != nil || f.Name.Name != function {
			continue
		}
		text := string(source[set.Position(f.Body.Lbrace).Offset+1 : set.Position(f.Body.Rbrace).Offset])
		var lines []string
		for line := range strings.Lines(strings.TrimPrefix(text, "\n")) {
			lines = append(lines, strings.TrimPrefix(line, "\t"))
		}
		return strings.Join(lines, ""), true
	}
	return "", false
}
