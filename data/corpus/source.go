package corpus

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Stdin is the path that stands for standard input.
const Stdin = "-"

// Source is a file of text.
type Source struct {
	Path   string `json:"path"`           // [Stdin] for standard input
	Size   int64  `json:"size"`           // bytes as stored; 0 for standard input
	Format Format `json:"format"`         // as given or detected
	Packed string `json:"packed"`         // "gzip", "zstd", "bzip2" or "" for none
	Coding string `json:"encoding"`       // "utf-8", "utf-16le", "utf-16be"
	Field  string `json:"field,omitzero"` // of a JSON object, or the column of a table
}

// expand turns what the user named into files: a folder is all files in it and below, in the
// order of their names, but for hidden ones; a pattern is what matches.
func expand(paths []string) ([]Source, error) {
	if len(paths) == 0 {
		return nil, errors.New("no text given, expected files, folders, patterns or - for standard input")
	}
	var sources []Source
	for _, path := range paths {
		found, err := expandOne(path)
		if err != nil {
			return nil, err
		}
		sources = append(sources, found...)
	}
	return sources, nil
}

func expandOne(path string) ([]Source, error) {
	if path == Stdin {
		return []Source{{Path: Stdin}}, nil
	}
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return walk(path)
	case err == nil:
		return []Source{{Path: path, Size: info.Size()}}, nil
	case !errors.Is(err, fs.ErrNotExist) || !strings.ContainsAny(path, "*?["):
		return nil, err
	}
	matches, err := filepath.Glob(path) // sorted
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", path, err)
	case len(matches) == 0:
		return nil, fmt.Errorf("%s: no file matches the pattern", path)
	}
	return expand(matches)
}

// walk lists the files below a folder.
func walk(folder string) ([]Source, error) {
	var sources []Source
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		hidden := strings.HasPrefix(entry.Name(), ".") && path != folder
		switch {
		case err != nil:
			return err
		case hidden && entry.IsDir():
			return fs.SkipDir
		case hidden:
			return nil
		}
		info, err := os.Stat(path) // follows a link, as opening does
		if err != nil {
			return err
		}
		if info.Mode().IsRegular() {
			sources = append(sources, Source{Path: path, Size: info.Size()})
		}
		return nil
	})
	if err == nil && len(sources) == 0 {
		err = fmt.Errorf("%s: the folder holds no files, expected text", folder)
	}
	slices.SortFunc(sources, func(a, b Source) int { return strings.Compare(a.Path, b.Path) })
	return sources, err
}
