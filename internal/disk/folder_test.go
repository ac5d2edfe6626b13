package disk

import (
	"os"
	"path/filepath"
	"testing"
)

func TestFolderIsUndoneWhereItIsEmpty(t *testing.T) {
	root := t.TempDir()
	inner := filepath.Join(root, "a", "b")
	undo, err := MakeFolder(inner)
	if err != nil {
		t.Fatal(err)
	}
	undo()
	if entries, err := os.ReadDir(root); err != nil || len(entries) != 0 {
		t.Errorf("%v, %v: expected nothing", entries, err)
	}
	if undo, err = MakeFolder(inner); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "a", "note"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	undo()
	undo() // twice is once
	if _, err := os.Stat(inner); !os.IsNotExist(err) {
		t.Errorf("the empty folder is still there: %v", err)
	}
	if _, err := os.Stat(filepath.Join(root, "a", "note")); err != nil {
		t.Errorf("what is not ours is gone: %v", err)
	}
	there := filepath.Join(root, "there")
	if err := os.Mkdir(there, 0o755); err != nil {
		t.Fatal(err)
	}
	if undo, err = MakeFolder(there); err != nil {
		t.Fatal(err)
	}
	undo()
	if _, err := os.Stat(there); err != nil {
		t.Errorf("a folder that was there before is gone: %v", err)
	}
	if undo, err = MakeFolder(filepath.Join(root, "a", "note", "c")); err == nil {
		t.Error("a folder in a file")
	}
	undo()
}
