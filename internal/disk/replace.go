package disk

import (
	"fmt"
	"os"
	"path/filepath"
)

// Replace makes a folder by filling a temporary sibling, syncing it and renaming it. A folder that has the name already is
// moved aside first and removed at the end.
func Replace(folder string, fill func(temporary string) error) error {
	folder = filepath.Clean(folder)
	if err := os.MkdirAll(filepath.Dir(folder), 0o755); err != nil {
		return fmt.Errorf("disk: saving: %w", err)
	}
	temporary, err := os.MkdirTemp(Pattern(folder))
	if err != nil {
		return fmt.Errorf("disk: saving: %w", err)
	}
	defer func() { _ = os.RemoveAll(temporary) }() // gone already when all went well
	if err := os.Chmod(temporary, 0o755); err != nil {
		return fmt.Errorf("disk: saving: %w", err)
	}
	if err := fill(temporary); err != nil {
		return err
	}
	if err := syncAll(temporary); err != nil {
		return fmt.Errorf("disk: saving %s: %w", folder, err)
	}
	old := Aside(temporary)
	if err := os.Rename(folder, old); err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("disk: saving: %w", err)
	}
	if err := os.Rename(temporary, folder); err != nil {
		_ = os.Rename(old, folder) // the first error is the one to report
		return fmt.Errorf("disk: saving: %w", err)
	}
	_ = os.RemoveAll(old) // the new folder is in place; a leftover harms nobody
	return SyncFolder(filepath.Dir(folder))
}

// syncAll brings a folder and its files to the disk.
func syncAll(folder string) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := syncFile(filepath.Join(folder, e.Name())); err != nil {
			return err
		}
	}
	return SyncFolder(folder)
}

func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}
