package lint

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// maxLines keeps a file small enough to be read in one go.
const maxLines = 300

// vague are package names that say nothing about what is inside.
var vague = []string{"util", "utils", "common", "helper", "helpers", "misc", "base", "shared"}

// goFile is one parsed file that is not generated.
type goFile struct {
	path string
	set  *token.FileSet
	ast  *ast.File
}

// at gives a place in the file as path:line.
func (f goFile) at(pos token.Pos) string {
	return f.set.Position(pos).String()
}

func (f goFile) isTest() bool { return strings.HasSuffix(f.path, "_test.go") }

// goFiles parses every Go file that was written by hand.
func goFiles(t *testing.T) []goFile {
	t.Helper()
	var parsed []goFile
	files(t, func(path string) {
		if !strings.HasSuffix(path, ".go") {
			return
		}
		set := token.NewFileSet()
		src, err := os.ReadFile(filepath.Join(root, path))
		if err != nil {
			t.Fatal(err)
		}
		file, err := parser.ParseFile(set, path, src, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Error(err)
			return
		}
		if !ast.IsGenerated(file) {
			parsed = append(parsed, goFile{path, set, file})
		}
	})
	return parsed
}

func TestFileLength(t *testing.T) {
	generated := map[string]bool{}
	for _, f := range goFiles(t) {
		generated[f.path] = false
	}
	files(t, func(path string) {
		ext := filepath.Ext(path)
		_, byHand := generated[path]
		isGo := ext == ".go" && byHand && !strings.HasSuffix(path, "_test.go")
		if !isGo && !slices.Contains([]string{".cpp", ".hpp", ".h", ".py"}, ext) {
			return
		}
		src, err := os.ReadFile(filepath.Join(root, path))
		if err != nil {
			t.Fatal(err)
		}
		if lines := bytes.Count(src, []byte("\n")); lines > maxLines {
			t.Errorf("%s has %d lines, at most %d are allowed: give each concept its own file", path, lines, maxLines)
		}
	})
}

func TestPackageDoc(t *testing.T) {
	documented := map[string]bool{}
	for _, f := range goFiles(t) {
		dir := path.Dir(f.path)
		name := f.ast.Name.Name
		if slices.Contains(vague, name) {
			t.Errorf("%s: package %s says nothing about what is inside", f.path, name)
		}
		// A command's comment begins with its name, which is its folder's: "Gofmt formats ...".
		word := "package " + name + " "
		if name == "main" {
			word = path.Base(dir) + " "
		}
		has := f.ast.Doc != nil && strings.HasPrefix(strings.ToLower(f.ast.Doc.Text()), strings.ToLower(word))
		if !f.isTest() {
			documented[dir] = documented[dir] || has
		}
	}
	for dir, has := range documented {
		if !has {
			t.Errorf("%s has no package comment: doc.go should begin with \"Package NAME ...\" (a command's with its own name)", dir)
		}
	}
}

// TestNoHiddenExits: a library returns errors; only main ends the process, and nothing runs before it.
func TestNoHiddenExits(t *testing.T) {
	for _, f := range goFiles(t) {
		if f.isTest() {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				if n.Name.Name == "init" && n.Recv == nil {
					t.Errorf("%s: func init hides work from the reader: do it where it is needed", f.at(n.Pos()))
				}
			case *ast.SelectorExpr:
				if f.ast.Name.Name != "main" && endsProcess(n) {
					t.Errorf("%s: %s.%s outside main: return an error", f.at(n.Pos()), n.X, n.Sel.Name)
				}
			}
			return true
		})
	}
}

// endsProcess reports whether an expression names a function that ends the process.
func endsProcess(sel *ast.SelectorExpr) bool {
	pkg, ok := sel.X.(*ast.Ident)
	if !ok {
		return false
	}
	return pkg.Name == "os" && sel.Sel.Name == "Exit" ||
		pkg.Name == "log" && strings.HasPrefix(sel.Sel.Name, "Fatal")
}

func TestCommentsAreASCII(t *testing.T) {
	for _, f := range goFiles(t) {
		for _, group := range f.ast.Comments {
			for _, comment := range group.List {
				if i := strings.IndexFunc(comment.Text, func(r rune) bool { return r > unicode.MaxASCII }); i >= 0 {
					t.Errorf("%s: comment is not ASCII: %q", f.at(comment.Pos()), comment.Text[i:min(i+20, len(comment.Text))])
				}
			}
		}
	}
}
