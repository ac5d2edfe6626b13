package weights

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
)

// openPickle reads a file of torch.save: a dictionary of tensors, or one under "state_dict" or "model". Such a file is a program for
// Python's pickle machine, which may call anything. Here the machine knows the handful of constructors that tensors need and refuses
// every other by name; nothing is ever called. A file can make it allocate a small multiple of its own size, never more. Tensors that
// share a storage share their Data.
func openPickle(path string) (*File, error) { return open(path, "pickle", parsePickle) }

// parsePickle gives the tensors of a file with this content, in the order of the dictionary.
func parsePickle(content []byte, path string) (found []Tensor, _ map[string]string, err error) {
	switch {
	case bytes.HasPrefix(content, []byte("PK")):
		found, err = parseArchive(content, path)
	case bytes.HasPrefix(content, []byte{opProto}):
		found, err = parseLegacy(content, path)
	case len(content) > 262 && string(content[257:262]) == "ustar":
		err = errors.New("a tar file of PyTorch before 0.1.10 cannot be read; save it again with a newer one")
	default:
		err = fmt.Errorf("expected a file of torch.save, which begins with PK or 0x80, got % x", content[:min(4, len(content))])
	}
	return found, nil, err
}

// stateDict gives the dictionary of tensors in a pickled object: itself, or what a training
// script stored under "state_dict" or "model" beside its own things.
func stateDict(object any) (*pyDict, error) {
	found, ok := object.(*pyDict)
	if !ok {
		return nil, fmt.Errorf("expected a dictionary of tensors, got %s", pyKind(object))
	}
	for _, name := range []string{"state_dict", "model_state_dict", "model"} {
		if i := slices.Index(found.keys, any(name)); i >= 0 {
			if inner, ok := found.values[i].(*pyDict); ok {
				return inner, nil
			}
		}
	}
	return found, nil
}

// tensors gives what object holds. The bytes of storages must have been found; views that have
// to be copied may together take as much memory as the file has bytes.
func tensors(object any, path string, fileSize int) ([]Tensor, error) {
	weights, err := stateDict(object)
	if err != nil {
		return nil, err
	}
	budget := int64(fileSize)
	seen := make(map[string]bool, len(weights.keys))
	found := make([]Tensor, 0, len(weights.keys))
	for i, key := range weights.keys {
		name, ok := key.(string)
		if !ok {
			return nil, fmt.Errorf("expected names of tensors in the dictionary, got a %s", pyKind(key))
		}
		tensor, ok := weights.values[i].(*view)
		if !ok {
			return nil, fmt.Errorf("tensor %q: expected a tensor, got %s", name, pyKind(weights.values[i]))
		}
		if seen[name] {
			return nil, fmt.Errorf("tensor %q: the dictionary names it twice", name)
		}
		seen[name] = true
		data, err := tensor.contents(&budget)
		if err != nil {
			return nil, fmt.Errorf("tensor %q: %w", name, err)
		}
		found = append(found, Tensor{Name: name, DType: tensor.dtype, Shape: tensor.shape, Data: data, File: path})
	}
	return found, nil
}
