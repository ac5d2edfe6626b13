package lint

import (
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A flag in a text, and the names of those that are another program's.
var (
	flagName  = regexp.MustCompile(`(?:^|[^a-zA-Z0-9-])--([a-z][a-z0-9-]*)`)
	notOurs   = []string{"gpu-architecture", "std", "gpus", "no-as-needed", "cuda", "uninstall", "share", "soft", "rule", "c"}
	commands  = []string{"cmd/"}
	testers   = []string{"internal/badinput/", "internal/testkit/"} // of commands
	inAMargin = "(hint:"
)

// TestSettingsHaveNoDashes: a library does not know that its settings are flags. It writes {seq-length} in an error of package
// fault, and the command calls it by its flag. What declares a flag, the tags of a field, may name others.
func TestSettingsHaveNoDashes(t *testing.T) {
	none(t, "a flag is named below cmd: write {setting} in an error of package fault", slices.Concat(commands, testers), func(text string) bool {
		return slices.ContainsFunc(flagName.FindAllStringSubmatch(text, -1), func(m []string) bool { return !slices.Contains(notOurs, m[1]) })
	})
}

// TestHintsAreFields: a hint is what fault.Advise adds, not a part of a text that somebody would have to take apart. That is so in
// commands, too.
func TestHintsAreFields(t *testing.T) {
	none(t, "a hint stands in a text: use package fault, and Advise", testers, func(text string) bool { return strings.Contains(text, inAMargin) })
}

// none looks at all texts that users may read, but for those of some folders.
func none(t *testing.T, rule string, but []string, wrong func(text string) bool) {
	t.Helper()
	var found []string
	for _, f := range goFiles(t) {
		if f.isTest() || path.Dir(f.path) == "internal/fault" || slices.ContainsFunc(but, func(dir string) bool { return strings.HasPrefix(f.path, dir) }) {
			continue
		}
		tags := map[*ast.BasicLit]bool{}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Field:
				tags[n.Tag] = true
			case *ast.BasicLit:
				if n.Kind == token.STRING && !tags[n] && wrong(n.Value) {
					found = append(found, f.at(n.Pos()))
				}
			}
			return true
		})
	}
	for _, place := range found {
		t.Errorf("%s: %s", place, rule)
	}
}
