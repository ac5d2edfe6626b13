package intake

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReadFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("text"), 0o644); err != nil {
		t.Fatal(err)
	}
	if text, err := ReadFile(path); err != nil || string(text) != "text" {
		t.Errorf("got %q, %v", text, err)
	}
	if err := os.Truncate(path, Record+1); err != nil { // it takes no space
		t.Fatal(err)
	}
	for _, path := range []string{path, "/dev/zero"} {
		if text, err := ReadFile(path); err == nil || !strings.Contains(err.Error(), path+": longer than") {
			t.Errorf("%s: got %d bytes, %v", path, len(text), err)
		}
	}
}
