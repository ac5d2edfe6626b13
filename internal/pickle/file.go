package pickle

import (
	"bytes"
	"errors"
	"fmt"

	"gobert/internal/disk"
	"gobert/internal/safetensors"
)

// A File is a mapped file of torch.save with its tensors.
type File struct {
	mapping *disk.Mapping
	tensors []safetensors.Tensor
}

// Open reads the file at path: a dictionary of tensors, or one under "state_dict" or "model".
func Open(path string) (*File, error) {
	mapping, err := disk.Map(path)
	if err != nil {
		return nil, fmt.Errorf("pickle: %w", err)
	}
	tensors, err := parse(mapping.Bytes(), path)
	if err != nil {
		mapping.Close()
		return nil, fmt.Errorf("pickle: %s: %w", path, err)
	}
	return &File{mapping, tensors}, nil
}

// parse gives the tensors of a file with this content.
func parse(content []byte, path string) ([]safetensors.Tensor, error) {
	switch {
	case bytes.HasPrefix(content, []byte("PK")):
		return parseArchive(content, path)
	case bytes.HasPrefix(content, []byte{opProto}):
		return parseLegacy(content, path)
	case len(content) > 262 && string(content[257:262]) == "ustar":
		return nil, errors.New("a tar file of PyTorch before 0.1.10 cannot be read; save it again with a newer one")
	}
	return nil, fmt.Errorf("expected a file of torch.save, which begins with PK or 0x80, got % x", content[:min(4, len(content))])
}

// Tensors gives all tensors in the order of the dictionary. Their Data is valid until Close.
func (f *File) Tensors() []safetensors.Tensor { return f.tensors }

// Close unmaps the file; the Data of its tensors must not be touched afterwards.
func (f *File) Close() error { return f.mapping.Close() }
