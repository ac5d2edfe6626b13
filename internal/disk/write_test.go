package disk

import (
	"os"
	"path/filepath"
	"testing"
)

func TestWriteReplacesAndLeavesNothingElse(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "file")
	for _, text := range []string{"first", "second"} {
		if err := Write(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != text {
			t.Errorf("got %q, %v, want %q", got, err, text)
		}
	}
	// A folder cannot be replaced by a file: the write fails at its last step.
	if err := os.Mkdir(filepath.Join(folder, "taken"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := Write(filepath.Join(folder, "taken"), []byte("text")); err == nil {
		t.Error("a folder was replaced by a file")
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) != 2 {
		t.Errorf("the folder holds %v, %v: expected the file and the folder", entries, err)
	}
}

func TestLinkReplacesAndOutlivesItsSource(t *testing.T) {
	folder := t.TempDir()
	from, to := filepath.Join(folder, "from"), filepath.Join(folder, "to")
	for name, put := range map[string]func(from, to string) error{"linked": Link, "copied": Copy} {
		if err := Write(from, []byte(name)); err != nil {
			t.Fatal(err)
		}
		if err := put(from, to); err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(from); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(to); err != nil || string(got) != name {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
	}
	if err := Link(from, to); err == nil {
		t.Error("a file that is not there was linked")
	}
	// Renaming one name of a file to another name of it does nothing.
	again := filepath.Join(folder, "again")
	for range 2 {
		if err := Link(to, again); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(again); err != nil {
		t.Fatal(err)
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) != 1 {
		t.Errorf("the folder holds %v, %v: expected one file", entries, err)
	}
}
