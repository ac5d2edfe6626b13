package scripts

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestTheModuleCanBeRenamed gives a copy of the checkout another import path: every package is found under it, none under the old
// one, what needs no LibTorch compiles, and the rules of internal/lint hold.
func TestTheModuleCanBeRenamed(t *testing.T) {
	const path = "example.com/someone/encoders"
	folder := t.TempDir()
	listed, err := exec.Command("git", "-C", "..", "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		t.Skipf("this is no checkout: %v", err)
	}
	for name := range strings.SplitSeq(strings.TrimRight(string(listed), "\x00"), "\x00") {
		content, err := os.ReadFile(filepath.Join("..", name))
		if err != nil {
			continue // removed, and not committed yet
		}
		target := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			t.Fatal(err)
		}
		mode := os.FileMode(0o644)
		if info, err := os.Stat(filepath.Join("..", name)); err == nil {
			mode = info.Mode()
		}
		if err := os.WriteFile(target, content, mode); err != nil {
			t.Fatal(err)
		}
	}
	do := func(name string, args ...string) string {
		t.Helper()
		cmd := exec.Command(name, args...)
		cmd.Dir = folder
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	do("scripts/rename-module.sh", path)
	if got := strings.TrimSpace(do("go", "list", "-m")); got != path {
		t.Errorf("the module is called %s", got)
	}
	for importer := range strings.Lines(do("go", "list", "-e", "-f", `{{.ImportPath}} {{join .Imports " "}} {{join .TestImports " "}} {{join .XTestImports " "}}`, "./...")) {
		for imported := range strings.FieldsSeq(importer) {
			if strings.HasPrefix(imported, "gobert/") {
				t.Errorf("%s is imported still: %s", imported, importer)
			}
		}
	}
	do("go", "vet", "./data/...")
	do("go", "test", "-skip", "TestTypesAtTheDoorsHaveNames", "./internal/lint") // which compiles LibTorch's side again
	cmd := exec.Command("scripts/rename-module.sh", "not a path")
	cmd.Dir = folder
	if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), "expected something like") {
		t.Errorf("a path with blanks: %v, %s", err, out)
	}
}
