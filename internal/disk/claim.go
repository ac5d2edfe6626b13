package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Lock is a folder, or a file to be, that this process alone writes.
type Lock struct {
	lock *os.File // nil where the file system has no locks
	undo func()   // removes folders that were made for nothing; nil for a file
}

// flock is the system's; a test has a file system without locks.
var flock = syscall.Flock

// Claim makes a folder this process's own, makes it if it is missing, and cleans it: what a killed process left unfinished
// there, or in the parts named, is removed. The error names the process that has the folder. Warn is told where the file system
// has no locks; it may be nil.
func Claim(folder string, warn func(message string), parts ...string) (*Lock, error) {
	undo, err := MakeFolder(folder)
	c := &Lock{undo: undo}
	if err == nil {
		err = c.acquire(filepath.Join(folder, LockName), folder, warn)
	}
	if err == nil {
		folders := []string{folder}
		for _, part := range parts {
			folders = append(folders, filepath.Join(folder, part))
		}
		err = Clean(folders...)
	}
	if err != nil {
		c.Release()
		return nil, err
	}
	return c, nil
}

// ClaimFile is [Claim] for a single file that is to be written into a folder of the user's. Devices and pipes are nobody's own.
func ClaimFile(path string, warn func(message string)) (*Lock, error) {
	c := &Lock{}
	if IsSpecial(path) {
		return c, nil
	}
	folder := filepath.Dir(path)
	lock := filepath.Join(folder, "."+filepath.Base(path)+LockName)
	err := c.acquire(lock, path, warn)
	var refused *fs.PathError
	if errors.As(err, &refused) && refused.Path == lock { // a name that no user knows
		refused.Path = folder
		if errors.Is(err, syscall.ENAMETOOLONG) {
			refused.Path = path
		}
	}
	if err == nil {
		err = CleanBeside(path)
	}
	if err != nil {
		c.Release()
		return nil, err
	}
	return c, nil
}

// acquire locks a file that says who has the lock.
func (c *Lock) acquire(path, what string, warn func(message string)) error {
	for {
		lock, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
		if err != nil {
			return err
		}
		switch err := flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); {
		case errors.Is(err, syscall.EWOULDBLOCK):
			defer lock.Close()
			return taken(lock, what)
		case err != nil:
			_ = lock.Close()
			_ = os.Remove(path)
			if warn != nil {
				warn(fmt.Sprintf("%s: this file system has no locks (%v): nothing keeps a second process from writing there", what, err))
			}
			return nil
		}
		if isAt(lock, path) {
			c.lock = lock
			return sign(lock)
		}
		_ = lock.Close() // the process before removed it between our opening and our locking
	}
}

// isAt says whether an open file still is what a path names.
func isAt(file *os.File, path string) bool {
	open, err := file.Stat()
	if err != nil {
		return false
	}
	named, err := os.Lstat(path)
	return err == nil && os.SameFile(open, named)
}

// Release gives the folder back. A folder that was made for nothing goes again.
func (c *Lock) Release() {
	if c.lock != nil {
		if isAt(c.lock, c.lock.Name()) { // not so where the folder was replaced as a whole
			_ = os.Remove(c.lock.Name()) // before the lock is given up: the next one may have it then
		}
		_ = c.lock.Close()
	}
	if c.undo != nil {
		c.undo()
	}
	c.lock, c.undo = nil, nil
}
