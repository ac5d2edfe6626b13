package indexed

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"gobert/internal/disk"
)

// prefixesOf returns the pairs of files that paths name, without their extensions.
func prefixesOf(paths []string) ([]string, error) {
	if len(paths) == 0 {
		return nil, errors.New("no path given, expected a folder or the prefix of a .bin and .idx pair")
	}
	var prefixes []string
	for _, path := range paths {
		found, err := prefixesAt(path)
		if err != nil {
			return nil, err
		}
		prefixes = append(prefixes, found...)
	}
	return prefixes, nil
}

func prefixesAt(path string) ([]string, error) {
	if prefix, ok := strings.CutSuffix(path, ".idx"); ok {
		return []string{prefix}, nil
	}
	if prefix, ok := strings.CutSuffix(path, ".bin"); ok {
		return []string{prefix}, nil
	}
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		if _, err := os.Stat(path + ".idx"); err != nil {
			return nil, disk.Kind(fs.ErrNotExist, fmt.Sprintf("%s is no folder and there is no %[1]s.idx", path))
		}
		return []string{path}, nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, err
	}
	var prefixes []string
	for _, entry := range entries { // sorted by name
		if name, ok := strings.CutSuffix(entry.Name(), ".idx"); ok && !strings.HasPrefix(name, ".") {
			prefixes = append(prefixes, filepath.Join(path, name))
		}
	}
	if len(prefixes) == 0 {
		return nil, fmt.Errorf("%s holds no index: expected files ending in .idx and .bin", path)
	}
	return prefixes, nil
}
