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

// shown is a block of docs/go-api.md with what it shows: a function, a method or a type.
var shown = regexp.MustCompile("(?s)`([\\w.]+)` in \\[([^]]+)\\]\\([^)]*\\):\n\n```go\n(.*?)```\n")

// TestBlocksOfTheGuideAreExamples: each block of Go in the guide to the packages is the body of the function, or the type, that is
// named above it, in an example that is compiled and run.
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
			t.Errorf("docs/go-api.md: %s has no %s", block[2], block[1])
			continue
		}
		if diff := cmp.Diff(want, block[3]); diff != "" {
			t.Errorf("docs/go-api.md shows another %s than %s (-example +guide):\n%s", block[1], block[2], diff)
		}
	}
}

// bodyOf gives what stands between the braces of a function or a method, moved to the left by one tab; or a whole type.
func bodyOf(t *testing.T, path, name string) (body string, found bool) {
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
	text := func(from, to token.Pos) string {
		return string(source[set.Position(from).Offset:set.Position(to).Offset])
	}
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.GenDecl:
			if kind, ok := d.Specs[0].(*ast.TypeSpec); ok && kind.Name.Name == name {
				return text(d.Pos(), d.End()) + "\n", true
			}
		case *ast.FuncDecl:
			called := d.Name.Name
			if d.Recv != nil {
				called = strings.TrimPrefix(text(d.Recv.List[0].Type.Pos(), d.Recv.List[0].Type.End()), "*") + "." + called
			}
			if called != name {
				continue
			}
			var lines []string
			for line := range strings.Lines(strings.TrimPrefix(text(d.Body.Lbrace+1, d.Body.Rbrace), "\n")) {
				lines = append(lines, strings.TrimPrefix(line, "\t"))
			}
			return strings.Join(lines, ""), true
		}
	}
	return "", false
}
