package lint

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// module is the import path of this module, and root its folder seen from this package.
const (
	module = "gobert"
	root   = "../.."
)

// A Package is what "go list -json" says about a package.
type Package struct {
	ImportPath string
	Name       string
	Standard   bool
	Imports    []string
	Deps       []string
	CgoFiles   []string
	Error      *struct{ Err string }

	TestImports  []string
	XTestImports []string
}

// list returns the packages that patterns name, without compiling anything.
func list(t *testing.T, args ...string) []Package {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-e", "-json"}, args...)...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=1")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list %v: %v\n%s", args, err, stderr.Bytes())
	}
	var packages []Package
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p Package
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatalf("go list %v: %v", args, err)
		}
		packages = append(packages, p)
	}
}

// within reports whether a package is one of trees (paths inside the module) or lies below one.
func within(importPath string, trees ...string) bool {
	return slices.ContainsFunc(trees, func(tree string) bool {
		full := module + "/" + tree
		return importPath == full || strings.HasPrefix(importPath, full+"/")
	})
}

// files calls f with every file of the checkout: its path from root, with forward slashes.
// What is built (bin), hidden folders other than .ci, and golden files are left out.
func files(t *testing.T, f func(path string)) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		name := entry.Name()
		if !entry.IsDir() {
			if name != ".git" { // in a worktree it is a file, and says where the repository lies
				f(rel)
			}
			return nil
		}
		hidden := strings.HasPrefix(name, ".") && rel != "." && name != ".ci"
		if hidden || rel == "bin" || rel == "demo" || name == "testdata" {
			return fs.SkipDir
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
