package weights

import (
	"errors"
	"fmt"
)

// Open opens the weights in a folder, or those at the path of a file, under the names that transformers has for them today. In a
// folder the first of model.safetensors, its index, pytorch_model.bin, its index, and *.ckpt.index is taken.
func Open(path string) (*File, error) {
	path, format, err := find(path)
	if err != nil {
		return nil, fmt.Errorf("weights: %w", err)
	}
	var f *File
	switch format {
	case safetensors:
		f, err = OpenSafetensors(path)
	case shardedSafetensors:
		f, err = openIndex(path, OpenSafetensors)
	case pickle:
		f, err = openPickle(path)
	case shardedPickle:
		f, err = openIndex(path, openPickle)
	case checkpoint:
		f, err = openCheckpoint(path)
	}
	if err != nil {
		return nil, err
	}
	modern, err := modernized(f)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return modern, nil
}

// modernized gives a file's weights their present names, and leaves out what is none.
func modernized(f *File) (*File, error) {
	modern := newFile(f.mappings...)
	for _, t := range f.tensors {
		name, ok := currentName(t.Name)
		if !ok {
			continue
		}
		if other, taken := modern.Tensor(name); taken {
			return nil, fmt.Errorf("weights: %s: tensors %q and %q both stand for %q", t.File, other.Original, t.Original, name)
		}
		t.Name = name
		modern.add(t)
	}
	return modern, nil
}
