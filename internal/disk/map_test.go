package disk

import (
	"os"
	"path/filepath"
	"testing"
)

func TestWritesToAMappingStayHere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("abc"), 0o644); err != nil {
		t.Fatal(err)
	}
	file, err := Map(path)
	if err != nil {
		t.Fatal(err)
	}
	file.Bytes()[0] = 'x'
	if kept, _ := os.ReadFile(path); string(kept) != "abc" {
		t.Errorf("the file now holds %q", kept)
	}
	for range 2 {
		if err := file.Close(); err != nil {
			t.Error(err)
		}
	}
}
