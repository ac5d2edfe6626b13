package disk

import (
	"os"
	"path/filepath"
)

// MakeFolder makes a folder and the parents that it lacks. undo, for work that comes to nothing, removes those that were made here,
// if they are empty still; it is never nil.
func MakeFolder(path string) (undo func(), err error) {
	var made []string // the innermost first
	for at := filepath.Clean(path); ; at = filepath.Dir(at) {
		if _, err := os.Stat(at); err == nil || at == filepath.Dir(at) {
			break
		}
		made = append(made, at)
	}
	undo = func() {
		for _, folder := range made {
			_ = os.Remove(folder) // what is not empty stays
		}
	}
	if err := os.MkdirAll(path, 0o755); err != nil {
		undo()
		return func() {}, err
	}
	return undo, nil
}

// IsThere says whether a file, a folder or something else has a path.
func IsThere(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
