package bert

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"gobert/internal/disk"
)

// TestReplace: a model or a tokenizer makes place for a new one, other files do not, and a failed attempt costs nothing.
func TestReplace(t *testing.T) {
	write := func(folder, name, text string) {
		if err := errors.Join(os.MkdirAll(folder, 0o755), disk.Write(filepath.Join(folder, name), []byte(text))); err != nil {
			t.Fatal(err)
		}
	}
	read := func(folder, name string) string {
		text, _ := os.ReadFile(filepath.Join(folder, name)) // "" where it is not there
		return string(text)
	}
	for name, mayGo := range map[string]bool{"config.json": true, "vocab.txt": true, "thesis.txt": false} {
		folder := filepath.Join(t.TempDir(), "it")
		write(folder, name, "old")
		failure := errors.New("the disk is full")
		if err := Replace(folder, func(string) error { return failure }); err == nil || read(folder, name) != "old" {
			t.Errorf("%s: after a failure %v the folder holds %q", name, err, read(folder, name))
		}
		err := Replace(folder, func(temporary string) error {
			return os.WriteFile(filepath.Join(temporary, "new"), []byte("new"), 0o644)
		})
		if mayGo && (err != nil || read(folder, "new") != "new" || read(folder, name) != "") {
			t.Errorf("%s: not replaced: %v", name, err)
		}
		if !mayGo && (err == nil || read(folder, name) != "old") {
			t.Errorf("%s: replaced: %v", name, err)
		}
	}
}
