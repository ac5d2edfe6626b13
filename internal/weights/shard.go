package weights

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"gobert/internal/disk"
)

// shardName matches the files of a sharded model.
var shardName = regexp.MustCompile(`^model-\d{5}-of-\d{5}\.safetensors$`)

// WriteSharded writes a model into folder as transformers 5.17 does: one model.safetensors if
// all fits into limit bytes, else shards filled in the order of tensors, and an index. A tensor
// larger than limit gets a shard of its own. Files of an earlier model in folder are removed
// only after the new ones are complete; it returns the names of the files written.
func WriteSharded(folder string, tensors []Tensor, metadata map[string]string, limit int64) ([]string, error) {
	if limit <= 0 {
		return nil, fmt.Errorf("safetensors: expected a shard limit above 0 bytes, got %d", limit)
	}
	shards := partition(tensors, limit)
	if len(shards) < 2 {
		if err := Write(filepath.Join(folder, ModelFile), tensors, metadata); err != nil {
			return nil, err
		}
		return []string{ModelFile}, removeOthers(folder, ModelFile)
	}
	weightMap := make(map[string]string, len(tensors))
	names := make([]string, len(shards))
	var total, elements int64
	for i, shard := range shards {
		names[i] = fmt.Sprintf("model-%05d-of-%05d.safetensors", i+1, len(shards))
		if err := Write(filepath.Join(folder, names[i]), shard, metadata); err != nil {
			return nil, err
		}
		for _, tensor := range shard {
			weightMap[tensor.Name] = names[i]
			total += int64(len(tensor.Data))
			elements += int64(len(tensor.Data) / tensor.DType.Size())
		}
	}
	index := Index{map[string]any{"total_parameters": elements, "total_size": total}, weightMap}
	if err := writeIndex(filepath.Join(folder, IndexFile), index); err != nil {
		return nil, err
	}
	names = append(names, IndexFile)
	return names, removeOthers(folder, names...)
}

// partition fills shards greedily, in order (huggingface_hub, split_state_dict_into_shards).
func partition(tensors []Tensor, limit int64) [][]Tensor {
	var shards [][]Tensor
	var current []Tensor
	var size int64
	for _, tensor := range tensors {
		n := int64(len(tensor.Data))
		if n > limit {
			shards = append(shards, []Tensor{tensor})
			continue
		}
		if size+n > limit {
			shards = append(shards, current)
			current, size = nil, 0
		}
		current = append(current, tensor)
		size += n
	}
	if len(current) > 0 {
		shards = append(shards, current)
	}
	return shards
}

// writeIndex writes index at path with sorted keys, indented by two spaces.
func writeIndex(path string, index Index) error {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(index); err != nil {
		return fmt.Errorf("safetensors: %s: %w", path, err)
	}
	if err := disk.Write(path, text.Bytes()); err != nil {
		return fmt.Errorf("safetensors: writing %s: %w", path, err)
	}
	return nil
}

// removeOthers removes weights that an earlier save left in folder, all but those in keep:
// a reader would take them for the model.
func removeOthers(folder string, keep ...string) error {
	files, err := os.ReadDir(folder)
	if err != nil {
		return fmt.Errorf("safetensors: %w", err)
	}
	for _, file := range files {
		name := file.Name()
		stale := name == ModelFile || name == IndexFile || shardName.MatchString(name)
		if !stale || slices.Contains(keep, name) {
			continue
		}
		if err := os.Remove(filepath.Join(folder, name)); err != nil {
			return fmt.Errorf("safetensors: removing the earlier %s: %w", name, err)
		}
	}
	return nil
}
