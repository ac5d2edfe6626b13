// Package whole writes files that are there whole or not at all: a temporary sibling, synced, then renamed.
package whole

import (
	"errors"
	"os"
	"path/filepath"
)

// Write makes or replaces a file. After an error what was there before is still there, and nothing else is left.
func Write(path string, text []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".partial-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	_, err = f.Write(text)
	if err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
