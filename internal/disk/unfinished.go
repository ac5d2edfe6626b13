package disk

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// What is not finished has the name .NAME.gobert-NUMBER beside the NAME that it will have; an older thing that makes room for
// it is called .NAME.gobert-old-NUMBER meanwhile. Nobody else's files have such names.
const (
	mark    = ".gobert-"
	oldMark = mark + "old-"
)

// LockName is the file in a folder by which one process keeps the others out; see [Claim]. It is no content.
const LockName = ".gobert.lock"

var unfinished = regexp.MustCompile(`^\.(.+?)\.gobert-(old-)?[0-9]+$`)

// Pattern is the unfinished sibling of a path for os.CreateTemp and os.MkdirTemp, which draw a number: any number of writers
// may be at work.
func Pattern(path string) (folder, pattern string) {
	return filepath.Dir(path), "." + filepath.Base(path) + mark + "*"
}

// Growing is the unfinished sibling of a file that has one writer at a time: always the same, so that what a killed process
// left is overwritten by the next.
func Growing(path string) string {
	return filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+mark+"0")
}

// Aside is the name of what makes room for an unfinished sibling.
func Aside(temporary string) string { return strings.Replace(temporary, mark, oldMark, 1) }

// Content lists what a folder holds, without the lock and what is not finished. A folder that is not there holds nothing.
func Content(folder string) ([]os.DirEntry, error) {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	var content []os.DirEntry
	for _, e := range entries {
		if e.Name() != LockName && !unfinished.MatchString(e.Name()) {
			content = append(content, e)
		}
	}
	return content, err
}

// Clean removes what killed processes left unfinished in folders, and takes back what they had put aside and not replaced.
// Nobody may be writing there: see [Claim]. A folder that is not there is clean.
func Clean(folders ...string) error {
	var errs []error
	for _, folder := range folders {
		entries, err := os.ReadDir(folder)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, err)
		}
		for _, e := range entries {
			if name, old := finalName(e.Name()); name != "" {
				errs = append(errs, clean(filepath.Join(folder, e.Name()), filepath.Join(folder, name), old))
			}
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("removing what a killed run left: %w", err)
	}
	return nil
}

// CleanBeside is [Clean] for the unfinished siblings of one file.
func CleanBeside(path string) error {
	entries, err := os.ReadDir(filepath.Dir(path))
	for _, e := range entries {
		if name, old := finalName(e.Name()); name == filepath.Base(path) {
			err = errors.Join(err, clean(filepath.Join(filepath.Dir(path), e.Name()), path, old))
		}
	}
	return err
}

// finalName is the name that something unfinished would have had; empty for everything else. Old is what was put aside.
func finalName(name string) (final string, old bool) {
	parts := unfinished.FindStringSubmatch(name)
	if parts == nil {
		return "", false
	}
	return parts[1], parts[2] != ""
}

func clean(path, final string, old bool) error {
	if _, err := os.Lstat(final); old && errors.Is(err, os.ErrNotExist) {
		return os.Rename(path, final) // killed between putting it aside and replacing it
	}
	return os.RemoveAll(path)
}
