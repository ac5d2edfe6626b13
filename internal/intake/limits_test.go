package intake

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestMemoryIsWhatIsLeft(t *testing.T) {
	if left := Memory(); left <= 0 || left > 1<<50 {
		t.Errorf("Memory() = %d", left)
	}
	if err := Fits("a vocabulary", 1); err != nil {
		t.Error(err)
	}
	err := Fits("a table of 10 rows", math.MaxInt64)
	if err == nil || !strings.Contains(err.Error(), "a table of 10 rows takes") || !strings.Contains(err.Error(), "are free") {
		t.Errorf("got %v", err)
	}
}

func TestControlGroupTakesTheNarrowestLimit(t *testing.T) {
	root := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("membership", "0::/outer/inner\n")
	write("outer/memory.max", "1000\n")
	write("outer/memory.current", "700\n")
	write("outer/memory.stat", "anon 600\ninactive_file 100\n")
	write("outer/inner/memory.max", "max\n")
	write("outer/inner/memory.current", "10\n")
	if got := controlGroup(filepath.Join(root, "membership"), root); got != 400 {
		t.Errorf("got %d, want 1000 - 700 + 100", got)
	}
	write("outer/inner/memory.max", "50\n")
	if got := controlGroup(filepath.Join(root, "membership"), root); got != 40 {
		t.Errorf("got %d, want 50 - 10", got)
	}
	write("membership", "1:memory:/outer\n")
	if got := controlGroup(filepath.Join(root, "membership"), root); got != math.MaxInt64 {
		t.Errorf("got %d, want no limit: the first version of control groups keeps limits elsewhere", got)
	}
}
