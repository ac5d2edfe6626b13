package scripts

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// built is the folder of the programs that tests of this package share, and which are there. Go keeps what it compiled, but links a
// program anew each time, which takes six seconds of processor time for a command; without DWARF four.
var built struct {
	folder   string
	programs []string
}

// TestMain leaves no program behind.
func TestMain(m *testing.M) {
	var err error
	if built.folder, err = os.MkdirTemp("", "programs-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(built.folder)
	os.Exit(code)
}

// programs gives the folder of programs of this repository, "cmd/pretrain" for one, each of which is linked once.
func programs(t *testing.T, paths ...string) (folder string) {
	t.Helper()
	args := []string{"build", "-ldflags=-w", "-o", built.folder + string(filepath.Separator)}
	missing := slices.DeleteFunc(slices.Clone(paths), func(path string) bool { return slices.Contains(built.programs, path) })
	if len(missing) == 0 {
		return built.folder
	}
	for _, path := range missing {
		args = append(args, "../"+path)
	}
	if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
		t.Fatalf("building %v: %v\n%s", missing, err, out)
	}
	built.programs = append(built.programs, missing...)
	return built.folder
}
