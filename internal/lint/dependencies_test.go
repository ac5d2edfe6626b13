package lint

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestDependenciesAreDefended: CONTRIBUTING.md says of every module that is imported why it is here.
func TestDependenciesAreDefended(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "CONTRIBUTING.md"))
	if err != nil {
		t.Fatal(err)
	}
	defended := regexp.MustCompile(`[a-z.]+\.(?:com|org|io)/[\w./-]*\w`).FindAllString(string(text), -1)
	missing := map[string]string{}
	for _, p := range list(t, "./...") {
		for _, path := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			host, _, _ := strings.Cut(path, "/")
			external := strings.Contains(host, ".") && !strings.HasPrefix(path, module+"/") // whatever this module is called
			covers := func(modulePath string) bool { return prefix(modulePath)(path) }
			if external && !slices.ContainsFunc(defended, covers) {
				missing[path] = p.ImportPath
			}
		}
	}
	for path, importer := range missing {
		t.Errorf("%s imports %s, whose module has no line under Dependencies in CONTRIBUTING.md", importer, path)
	}
}
