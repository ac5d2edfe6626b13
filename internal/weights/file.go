package weights

import (
	"cmp"
	"errors"
	"fmt"

	"gobert/internal/disk"
)

// A File is the tensors of one mapped file, or of all the files of a model.
type File struct {
	tensors  []Tensor
	byName   map[string]int
	metadata map[string]string // the free text in a header of safetensors
	mappings []*disk.Mapping
}

// open maps the file at path, whose content parse takes apart. Errors begin with the format and name the file.
func open(path, format string, parse func(content []byte, path string) ([]Tensor, map[string]string, error)) (*File, error) {
	mapping, err := disk.Map(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", format, err)
	}
	f := newFile(mapping)
	tensors, metadata, err := parse(mapping.Bytes(), path)
	if err != nil {
		return nil, fmt.Errorf("%s: %s: %w", format, path, errors.Join(err, f.Close()))
	}
	f.metadata = metadata
	f.add(tensors...)
	return f, nil
}

func newFile(mappings ...*disk.Mapping) *File {
	return &File{byName: map[string]int{}, mappings: mappings}
}

// add takes tensors in, whose names are all different.
func (f *File) add(tensors ...Tensor) {
	for _, t := range tensors {
		t.Original = cmp.Or(t.Original, t.Name)
		f.byName[t.Name] = len(f.tensors)
		f.tensors = append(f.tensors, t)
	}
}

// Tensors gives all tensors in the order of the file. Their Data is valid until Close.
func (f *File) Tensors() []Tensor { return f.tensors }

// Tensor finds a tensor by name.
func (f *File) Tensor(name string) (Tensor, bool) {
	i, ok := f.byName[name]
	if !ok {
		return Tensor{}, false
	}
	return f.tensors[i], true
}

// Close unmaps all files; the Data of their tensors must not be touched afterwards.
func (f *File) Close() error { return disk.CloseAll(f.mappings) }
