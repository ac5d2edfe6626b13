package disk

import (
	"errors"
	"os"
	"path/filepath"
)

// File is a file that gets its name when it is whole; see [Create].
type File struct {
	*os.File
	path string // that it will have; empty for what is written as it stands, and for what is done
}

// Create begins a file, beside the one that it may replace: until Commit that one is there. A device or a pipe is written as it stands.
func Create(path string) (*File, error) {
	if IsSpecial(path) {
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return nil, err
		}
		return &File{File: f}, nil
	}
	f, err := os.CreateTemp(Pattern(path))
	if err != nil {
		return nil, err
	}
	return &File{f, path}, nil
}

// IsSpecial says whether the file is a device or a pipe, in which nobody can go back.
func (f *File) IsSpecial() bool { return f.path == "" }

// Commit brings the file to the disk under its name, and closes it.
func (f *File) Commit() error {
	if f.IsSpecial() {
		return f.Close()
	}
	defer f.Abort()
	if err := errors.Join(f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), f.path); err != nil {
		return err
	}
	folder := filepath.Dir(f.path)
	f.path = ""
	return SyncFolder(folder)
}

// Abort closes the file, and removes it where it has not got its name. After Commit it does nothing.
func (f *File) Abort() {
	_ = f.Close() // closed already where a later step failed
	if !f.IsSpecial() {
		_ = os.Remove(f.Name())
		f.path = ""
	}
}
