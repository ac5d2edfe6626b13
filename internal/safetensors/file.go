package safetensors

import (
	"fmt"

	"gobert/internal/disk"
)

// A File is one mapped safetensors file, or all the files of a sharded model.
type File struct {
	mappings []*disk.Mapping
	tensors  []Tensor
	byName   map[string]int
	metadata map[string]string
}

// Open maps and checks the file at path. The error of a file that is no safetensors file, or a
// damaged one, names the file, the tensor, and what was expected.
func Open(path string) (*File, error) {
	mapping, err := disk.Map(path)
	if err != nil {
		return nil, fmt.Errorf("safetensors: %w", err)
	}
	file, err := parse(mapping.Bytes(), path)
	if err != nil {
		mapping.Close()
		return nil, fmt.Errorf("safetensors: %s: %w", path, err)
	}
	file.mappings = []*disk.Mapping{mapping}
	return file, nil
}

// parse gives the tensors of a file with this content.
func parse(content []byte, path string) (*File, error) {
	header, data, err := split(content)
	if err != nil {
		return nil, err
	}
	entries, metadata, err := parseHeader(header)
	if err != nil {
		return nil, err
	}
	if err := checkLayout(entries, int64(len(data))); err != nil {
		return nil, err
	}
	file := &File{metadata: metadata, byName: make(map[string]int, len(entries))}
	for i, entry := range entries {
		file.byName[entry.name] = i
		file.tensors = append(file.tensors, Tensor{
			Name:  entry.name,
			DType: entry.dtype,
			Shape: entry.shape,
			Data:  Aligned(entry.dtype, data[entry.begin:entry.end:entry.end]),
			File:  path,
		})
	}
	return file, nil
}

// Tensors gives all tensors in the order of their data. Their Data is valid until Close.
func (f *File) Tensors() []Tensor { return f.tensors }

// Tensor finds a tensor by name.
func (f *File) Tensor(name string) (Tensor, bool) {
	i, ok := f.byName[name]
	if !ok {
		return Tensor{}, false
	}
	return f.tensors[i], true
}

// Metadata is the header's free text by key, nil if there is none. Files of PyTorch models hold
// "format": "pt".
func (f *File) Metadata() map[string]string { return f.metadata }

// Close unmaps the file; the Data of its tensors must not be touched afterwards.
func (f *File) Close() error { return disk.CloseAll(f.mappings) }
