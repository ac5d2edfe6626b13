package tensorflow

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"gobert/internal/disk"
	"gobert/internal/safetensors"
)

// A Bundle is a checkpoint: its index, and its data mapped.
type Bundle struct {
	entries []Entry
	shards  []*disk.Mapping
}

// Open opens the checkpoint with the index at path (the prefix without ".index" is understood,
// too). Missing data files are named.
func Open(path string) (*Bundle, error) {
	prefix := strings.TrimSuffix(path, ".index")
	entries, shards, err := ReadIndex(prefix + ".index")
	if err != nil {
		return nil, err
	}
	// Each shard is an open file and a mapping: more of them than tensors is no real checkpoint.
	if shards > len(entries)+1 {
		return nil, fmt.Errorf("tfbundle: %s.index: %d data files for %d tensors (damaged?)", prefix, shards, len(entries))
	}
	bundle := &Bundle{entries: entries}
	var missing []string
	for i := range shards {
		data := fmt.Sprintf("%s.data-%05d-of-%05d", prefix, i, shards)
		mapping, err := disk.Map(data)
		switch {
		case errors.Is(err, os.ErrNotExist):
			missing = append(missing, data)
		case err != nil:
			bundle.Close()
			return nil, fmt.Errorf("tfbundle: %w", err)
		default:
			bundle.shards = append(bundle.shards, mapping)
		}
	}
	if missing != nil {
		bundle.Close()
		return nil, fmt.Errorf("tfbundle: %s.index: %d of %d data files are missing: %q", prefix, len(missing), shards, missing)
	}
	return bundle, nil
}

// ReadIndex reads the index file at path alone: the entries sorted by name, and the number of
// data files that they point into.
func ReadIndex(path string) (entries []Entry, shards int, err error) {
	mapping, err := disk.Map(path)
	if err != nil {
		return nil, 0, fmt.Errorf("tfbundle: %w", err)
	}
	defer mapping.Close()
	entries, shards, err = parseIndex(mapping.Bytes())
	if err != nil {
		return nil, 0, fmt.Errorf("tfbundle: %s: %w", path, err)
	}
	return entries, shards, nil
}

// parseIndex decodes all entries of an index. The first key, the empty one, is the header.
func parseIndex(content []byte) (entries []Entry, shards int, err error) {
	headed := false
	err = eachRecord(content, func(key string, value []byte) error {
		if key == "" {
			headed = true
			shards, err = parseHeader(value)
			return err
		}
		entry, err := parseEntry(key, value)
		if err != nil {
			return fmt.Errorf("tensor %q: %w", key, err)
		}
		if !headed || entry.Shard < 0 || entry.Shard >= shards {
			return fmt.Errorf("tensor %q: in data file %d of %d", key, entry.Shard, shards)
		}
		entries = append(entries, entry)
		return nil
	})
	if err == nil && !headed {
		err = errors.New("the index has no header (damaged?)")
	}
	return entries, shards, err
}

// Entries gives all variables, sorted by name.
func (b *Bundle) Entries() []Entry { return b.entries }

// Tensor gives the elements of an entry, after comparing them with their checksum. Their Data
// is valid until Close. Types without a fixed size (strings) and variables that were saved in
// slices are refused.
func (b *Bundle) Tensor(entry Entry) (safetensors.Tensor, error) {
	shard := b.shards[entry.Shard]
	fail := func(format string, args ...any) (safetensors.Tensor, error) {
		return safetensors.Tensor{}, fmt.Errorf("tfbundle: %s: tensor %q: %w", shard.Path(), entry.Name, fmt.Errorf(format, args...))
	}
	if entry.Sliced {
		return fail("saved in slices by a partitioner, which is not supported; save it whole")
	}
	if entry.DType == 0 {
		return fail("TensorFlow's type %d has no counterpart in LibTorch", entry.tfType)
	}
	size, err := safetensors.ByteSize(entry.DType, entry.Shape)
	if err != nil {
		return fail("%w", err)
	}
	if size != entry.Size {
		return fail("%v of shape %v needs %d bytes, the index gives it %d", entry.DType, entry.Shape, size, entry.Size)
	}
	content := shard.Bytes()
	if entry.Offset < 0 || entry.Offset > int64(len(content)) || size > int64(len(content))-entry.Offset {
		return fail("%d bytes at %d are beyond the file's %d (cut short?)", size, entry.Offset, len(content))
	}
	data := content[entry.Offset : entry.Offset+size : entry.Offset+size]
	if sum := maskedSum(data); sum != entry.CRC {
		return fail("checksum %08x, expected %08x: the file is damaged, fetch it again", sum, entry.CRC)
	}
	return safetensors.Tensor{
		Name: entry.Name, DType: entry.DType, Shape: entry.Shape,
		Data: safetensors.Aligned(entry.DType, data), File: shard.Path(),
	}, nil
}

// Close unmaps the data; the Data of its tensors must not be touched afterwards.
func (b *Bundle) Close() error { return disk.CloseAll(b.shards) }
