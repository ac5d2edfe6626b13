package lint

import (
	"slices"
	"strings"
	"testing"
)

// pure are the trees that build without cgo, and so without LibTorch.
var pure = []string{
	"data",
	"internal/weights",
	"internal/tensorflow",
	"internal/hub",
	"internal/sentencetransformers",
	"internal/metrics",
	"internal/record",
	"internal/report",
	"internal/intake",
	"internal/disk",
	"internal/ranks",
	"internal/testkit",
	"internal/ui",
}

// Rules about single imports, in tests too: who may import what matches.
var imports = []struct {
	name    string
	matches func(importPath string) bool
	allowed []string
	why     string
}{
	{
		name:    "gotch",
		matches: prefix("github.com/sugarme/gotch"),
		allowed: []string{"internal/torch", "bert/gotchtensor"},
		why:     "it leaks memory and ends the process; internal/torch guards against both",
	},
	{
		name:    "cgo",
		matches: func(importPath string) bool { return importPath == "C" },
		allowed: []string{"internal/torch"},
		why:     "one package speaks C++",
	},
	{
		name:    "sugarme/tokenizer",
		matches: prefix("github.com/sugarme/tokenizer"),
		allowed: []string{"data/wordpiece/sugarme"},
		why:     "data/wordpiece is the exact tokenizer; one package below it bridges",
	},
	{
		name:    "commands",
		matches: prefix(module + "/cmd"),
		allowed: []string{"cmd"},
		why:     "commands are leaves",
	},
}

// Rules about everything below a package: from must not reach to, through whatever path.
var reaches = []struct{ from, to []string }{
	{from: []string{"bert", "heads"}, to: []string{"data"}},
	{from: []string{"data"}, to: []string{"bert", "heads"}},
	{from: pure, to: []string{"internal/torch"}},
	{from: []string{"bert"}, to: []string{"heads"}},
}

func prefix(path string) func(string) bool {
	return func(importPath string) bool {
		return importPath == path || strings.HasPrefix(importPath, path+"/")
	}
}

func TestImports(t *testing.T) {
	for _, p := range list(t, "./...") {
		if p.Error != nil {
			t.Errorf("%s: %s", p.ImportPath, p.Error.Err)
		}
		for _, rule := range imports {
			if within(p.ImportPath, rule.allowed...) {
				continue
			}
			for _, imported := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
				if rule.matches(imported) {
					t.Errorf("%s imports %q, which only %v may (%s)", p.ImportPath, imported, rule.allowed, rule.why)
				}
			}
		}
	}
}

func TestReaches(t *testing.T) {
	for _, p := range list(t, "./...") {
		for _, rule := range reaches {
			if !within(p.ImportPath, rule.from...) {
				continue
			}
			for _, dep := range p.Deps {
				if within(dep, rule.to...) {
					t.Errorf("%s reaches %s, which nothing in %v may", p.ImportPath, dep, rule.from)
				}
			}
		}
	}
}

// TestPure also covers cgo inside other modules.
func TestPure(t *testing.T) {
	packages := list(t, "-deps", "./...")
	cgo := map[string]bool{}
	for _, p := range packages {
		cgo[p.ImportPath] = !p.Standard && len(p.CgoFiles) > 0
	}
	for _, p := range packages {
		if !within(p.ImportPath, pure...) {
			continue
		}
		for _, path := range append(p.Deps, p.ImportPath) {
			if cgo[path] {
				t.Errorf("%s needs cgo through %s", p.ImportPath, path)
			}
		}
	}
}
