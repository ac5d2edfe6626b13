package pickle

import (
	"fmt"
	"slices"

	"gobert/internal/safetensors"
)

// stateDict gives the dictionary of tensors in a pickled object: itself, or what a training
// script stored under "state_dict" or "model" beside its own things.
func stateDict(object any) (*dict, error) {
	found, ok := object.(*dict)
	if !ok {
		return nil, fmt.Errorf("expected a dictionary of tensors, got %s", kind(object))
	}
	for _, name := range []string{"state_dict", "model_state_dict", "model"} {
		if i := slices.Index(found.keys, any(name)); i >= 0 {
			if inner, ok := found.values[i].(*dict); ok {
				return inner, nil
			}
		}
	}
	return found, nil
}

// tensors gives what object holds. The bytes of storages must have been found; views that have
// to be copied may together take as much memory as the file has bytes.
func tensors(object any, path string, fileSize int) ([]safetensors.Tensor, error) {
	weights, err := stateDict(object)
	if err != nil {
		return nil, err
	}
	budget := int64(fileSize)
	seen := make(map[string]bool, len(weights.keys))
	found := make([]safetensors.Tensor, 0, len(weights.keys))
	for i, key := range weights.keys {
		name, ok := key.(string)
		if !ok {
			return nil, fmt.Errorf("expected names of tensors in the dictionary, got a %s", kind(key))
		}
		tensor, ok := weights.values[i].(*view)
		if !ok {
			return nil, fmt.Errorf("tensor %q: expected a tensor, got %s", name, kind(weights.values[i]))
		}
		if seen[name] {
			return nil, fmt.Errorf("tensor %q: the dictionary names it twice", name)
		}
		seen[name] = true
		data, err := tensor.contents(&budget)
		if err != nil {
			return nil, fmt.Errorf("tensor %q: %w", name, err)
		}
		found = append(found, safetensors.Tensor{Name: name, DType: tensor.dtype, Shape: tensor.shape, Data: data, File: path})
	}
	return found, nil
}
