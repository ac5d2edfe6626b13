package weights

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"gobert/internal/intake"
)

// An Index tells in which file each tensor of a sharded model is; it is the content of
// model.safetensors.index.json (and of pytorch_model.bin.index.json).
type Index struct {
	Metadata  map[string]any    `json:"metadata"`
	WeightMap map[string]string `json:"weight_map"`
}

// ReadIndex reads the index at path.
func ReadIndex(path string) (Index, error) {
	var index Index
	text, err := intake.ReadFile(path)
	if err != nil {
		return index, err
	}
	if err := json.Unmarshal(text, &index); err != nil {
		return index, fmt.Errorf("%s: %w", path, err)
	}
	if len(index.WeightMap) == 0 {
		return index, fmt.Errorf(`%s: expected "weight_map" with a file for each tensor, found none`, path)
	}
	return index, nil
}

// shards gives the paths of the files that the index at path names, sorted. A file that is
// missing, or outside the index's folder, is an error: all missing ones are named at once.
func (index Index) shards(path string) ([]string, error) {
	var shards, missing []string
	for _, name := range slices.Compact(slices.Sorted(maps.Values(index.WeightMap))) {
		if !filepath.IsLocal(name) {
			return nil, fmt.Errorf("%s: shard %q is outside its folder", path, name)
		}
		shard := filepath.Join(filepath.Dir(path), name)
		if _, err := os.Stat(shard); err != nil {
			missing = append(missing, name)
		}
		shards = append(shards, shard)
	}
	if missing != nil {
		return nil, fmt.Errorf("%s: %d of %d shards are missing: %q (download them into the same folder)", path, len(missing), len(shards), missing)
	}
	return shards, nil
}

// check holds that the tensors found are those that the index at path promises, where it
// promises them.
func (index Index) check(path string, tensors []Tensor) error {
	found := make(map[string]bool, len(tensors))
	for _, tensor := range tensors {
		if found[tensor.Name] {
			return fmt.Errorf("%s: tensor %q is in more than one shard", path, tensor.Name)
		}
		found[tensor.Name] = true
		want, got := index.WeightMap[tensor.Name], filepath.Base(tensor.File)
		if want != "" && filepath.Base(want) != got {
			return fmt.Errorf("%s: tensor %q: expected in %s, found in %s", path, tensor.Name, want, got)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(index.WeightMap)) {
		if !found[name] {
			return fmt.Errorf("%s: tensor %q: not in %s, where the index says it is", path, name, index.WeightMap[name])
		}
	}
	return nil
}

// openIndex opens every shard that the index file at path names.
func openIndex(path string, open func(shard string) (*File, error)) (*File, error) {
	all := newFile()
	fail := func(err error) (*File, error) { return nil, errors.Join(err, all.Close()) }
	index, err := ReadIndex(path)
	if err != nil {
		return fail(fmt.Errorf("weights: %w", err))
	}
	shards, err := index.shards(path)
	if err != nil {
		return fail(fmt.Errorf("weights: %w", err))
	}
	for _, shard := range shards {
		file, err := open(shard)
		if err != nil {
			return fail(err)
		}
		all.mappings = append(all.mappings, file.mappings...)
		all.metadata = file.metadata
		all.add(file.tensors...)
	}
	if err := index.check(path, all.tensors); err != nil {
		return fail(fmt.Errorf("weights: %w", err))
	}
	return all, nil
}
