package dataset

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gobert/data/labelled"
	"gobert/data/labelled/table"
	"gobert/internal/fault"
)

// file is what one part is read from.
type file struct {
	path  string
	split Split
}

const nameThem = "name the files with {train}, {dev} and {test}"

// find tells which file is which part, in the order train, dev, test.
func (d *Dataset) find(s *Source, g *GLUETask) ([]file, error) {
	named := map[Split]string{}
	var paths []string
	for _, path := range s.Data {
		info, err := os.Stat(path)
		if err != nil {
			return nil, fmt.Errorf("dataset: opening labelled data: %w", err)
		}
		switch {
		case !info.IsDir():
			paths = append(paths, path)
		case g != nil:
			found, err := glueFolder(*g, path)
			if err != nil {
				return nil, err
			}
			for split, path := range found {
				named[split] = path
			}
		default:
			inside, err := folder(path, d.Kind)
			if err != nil {
				return nil, err
			}
			paths = append(paths, inside...)
		}
	}
	if err := assign(named, paths); err != nil {
		return nil, err
	}
	for split, path := range map[Split]string{Train: s.Train, Dev: s.Dev, Test: s.Test} {
		if path != "" {
			named[split] = path
		}
	}
	if len(named) == 0 {
		return nil, fault.New("dataset: no labelled data given").Advise("{data} with a folder, or files for train, dev and test")
	}
	var files []file
	for _, split := range []Split{Train, Dev, DevMismatched, Test, TestMismatched} {
		if path, ok := named[split]; ok {
			files = append(files, file{path, split})
		}
	}
	return files, nil
}

// glueFolder lists the files of a GLUE task that are there.
func glueFolder(g GLUETask, path string) (map[Split]string, error) {
	found := map[Split]string{}
	var first error
	for _, split := range g.Splits() {
		p, err := g.Path(path, split)
		switch {
		case err == nil:
			found[split] = p
		case first == nil:
			first = err
		}
	}
	if len(found) == 0 {
		return nil, first
	}
	return found, nil
}

// folder lists the files of a folder that may hold labelled data: those with a part's name, or else the only one.
func folder(path string, kind labelled.Kind) ([]string, error) {
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, fmt.Errorf("dataset: reading a folder: %w", err)
	}
	var named, others []string
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() || strings.HasPrefix(name, ".") || !readable(name, kind) {
			continue
		}
		full := filepath.Join(path, name)
		if guessSplit(name) != "" {
			named = append(named, full)
		} else {
			others = append(others, full)
		}
	}
	switch {
	case len(named) > 0:
		return named, nil
	case len(others) == 1:
		return others, nil
	case len(others) == 0:
		return nil, fault.New("dataset: reading %s: the folder has no file of labelled data: %w", path, fs.ErrNotExist).
			Advise("train.csv, dev.csv, test.csv, or tsv, json, jsonl, parquet, conll")
	}
	return nil, fault.New("dataset: reading %s: cannot tell which of %q is train, dev or test", path, bases(others)).Advise(nameThem)
}

func bases(paths []string) []string {
	names := make([]string, len(paths))
	for i, p := range paths {
		names[i] = filepath.Base(p)
	}
	return names
}

// readable reports whether a file may hold labelled data, by its name.
func readable(name string, kind labelled.Kind) bool {
	name = strings.ToLower(name)
	if slices.Contains([]string{"labels.txt", "readme.md", "readme.txt", "license", "license.txt", "dataset_infos.json"}, name) {
		return false
	}
	switch table.Extension(name) {
	case table.Columned:
		return kind == labelled.Tag
	case table.Auto:
		return kind == labelled.Tag && filepath.Ext(name) == ".txt"
	}
	return true
}

// guessSplit finds a part's name in a file's.
func guessSplit(name string) Split {
	name = strings.ToLower(filepath.Base(name))
	if strings.Contains(name, "mismatched") {
		if strings.Contains(name, "test") {
			return TestMismatched
		}
		return DevMismatched
	}
	for _, p := range []struct {
		split Split
		words []string
	}{
		{Train, []string{"train"}},
		{Dev, []string{"dev", "valid", "eval"}},
		{Test, []string{"test", "predict"}},
	} {
		for _, word := range p.words {
			if strings.Contains(name, word) {
				return p.split
			}
		}
	}
	return ""
}

// assign gives each path a part: by its name, or, where no name says anything, by order.
func assign(named map[Split]string, paths []string) error {
	order := []Split{Train, Dev, Test}
	anonymous := 0
	for _, p := range paths {
		if guessSplit(p) == "" {
			anonymous++
		}
	}
	if anonymous == len(paths) && len(paths) > len(order) {
		return fmt.Errorf("dataset: %d files given, expected at most train, dev and test", len(paths))
	}
	for i, p := range paths {
		split := guessSplit(p)
		switch {
		case anonymous == len(paths):
			split = order[i]
		case split == "":
			return fault.New("dataset: cannot tell whether %s is train, dev or test", p).Advise(nameThem)
		}
		if before, ok := named[split]; ok {
			return fault.New("dataset: both %s and %s could be %s", before, p, split).Advise("name the file with {" + string(split) + "}")
		}
		named[split] = p
	}
	return nil
}
