package weights

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"gobert/internal/disk"
	"gobert/internal/tensorflow"
)

// A bundle is a checkpoint of TensorFlow (format V2, "tensor bundle"), a prefix with several files: bert_model.ckpt.index, a sorted
// table from names to places, and bert_model.ckpt.data-00000-of-00001 and so on, the elements.
type bundle struct {
	entries []bundleEntry // sorted by name
	shards  []*disk.Mapping
}

// openCheckpoint opens the variables of the model in the checkpoint with the index at path, under Hugging Face's names.
func openCheckpoint(path string) (*File, error) {
	b, err := openBundle(path)
	if err != nil {
		return nil, err
	}
	f := newFile(b.shards...)
	for _, e := range b.entries {
		name, transposed, ok := huggingFaceName(e.name)
		if !ok {
			continue // an optimizer's slot, say
		}
		t, err := b.tensor(e)
		if err == nil && transposed && len(t.Shape) != 2 {
			err = fmt.Errorf("weights: %s: tensor %q: expected a matrix, got shape %v", t.File, e.name, t.Shape)
		}
		if err != nil {
			return nil, errors.Join(err, f.Close())
		}
		if t.Name, t.Original = name, e.name; transposed {
			t.Transposed = true
			slices.Reverse(t.Shape)
		}
		f.add(t)
	}
	if len(f.tensors) == 0 {
		return nil, errors.Join(fmt.Errorf("weights: %s: %d variables, but none named as in BERT (bert/..., cls/...)", path, len(b.entries)), f.Close())
	}
	return f, nil
}

// openBundle parses the index at path (the prefix without ".index" is understood, too) and maps the data. Missing data files are named.
func openBundle(path string) (*bundle, error) {
	prefix := strings.TrimSuffix(path, ".index")
	entries, shards, err := readBundleIndex(prefix + ".index")
	if err != nil {
		return nil, err
	}
	// Each shard is an open file and a mapping: more of them than tensors is no real checkpoint.
	if shards > len(entries)+1 {
		return nil, fmt.Errorf("tfbundle: %s.index: %d data files for %d tensors (damaged?)", prefix, shards, len(entries))
	}
	b := &bundle{entries: entries}
	fail := func(err error) (*bundle, error) {
		return nil, fmt.Errorf("tfbundle: %w", errors.Join(err, disk.CloseAll(b.shards)))
	}
	var missing []string
	for i := range shards {
		data := fmt.Sprintf("%s.data-%05d-of-%05d", prefix, i, shards)
		mapping, err := disk.Map(data)
		switch {
		case errors.Is(err, os.ErrNotExist):
			missing = append(missing, data)
		case err != nil:
			return fail(err)
		default:
			b.shards = append(b.shards, mapping)
		}
	}
	if missing != nil {
		return fail(fmt.Errorf("%s.index: %d of %d data files are missing: %q", prefix, len(missing), shards, missing))
	}
	return b, nil
}

// readBundleIndex reads the index file at path alone: the entries sorted by name, and the number of
// data files that they point into.
func readBundleIndex(path string) (entries []bundleEntry, shards int, err error) {
	mapping, err := disk.Map(path)
	if err != nil {
		return nil, 0, fmt.Errorf("tfbundle: %w", err)
	}
	defer mapping.Close()
	entries, shards, err = parseBundleIndex(mapping.Bytes())
	if err != nil {
		return nil, 0, fmt.Errorf("tfbundle: %s: %w", path, err)
	}
	return entries, shards, nil
}

// parseBundleIndex decodes all entries of an index. The first key, the empty one, is the header.
func parseBundleIndex(content []byte) (entries []bundleEntry, shards int, err error) {
	headed := false
	err = eachRecord(content, func(key string, value []byte) error {
		if key == "" {
			headed = true
			shards, err = parseBundleHeader(value)
			return err
		}
		entry, err := parseBundleEntry(key, value)
		if err != nil {
			return fmt.Errorf("tensor %q: %w", key, err)
		}
		if !headed || entry.shard < 0 || entry.shard >= shards {
			return fmt.Errorf("tensor %q: in data file %d of %d", key, entry.shard, shards)
		}
		entries = append(entries, entry)
		return nil
	})
	if err == nil && !headed {
		err = errors.New("the index has no header (damaged?)")
	}
	return entries, shards, err
}

// tensor gives the elements of an entry, after comparing them with their checksum. Types without a fixed size (strings) and variables
// that were saved in slices are refused.
func (b *bundle) tensor(e bundleEntry) (t Tensor, err error) {
	shard := b.shards[e.shard]
	var data []byte
	switch {
	case e.sliced:
		err = errors.New("saved in slices by a partitioner, which is not supported; save it whole")
	case e.dtype == 0:
		err = fmt.Errorf("TensorFlow's type %d has no counterpart in LibTorch", e.tfType)
	default:
		err = checkSize(e.dtype, e.shape, e.size, "the index gives it")
	}
	if err == nil {
		data, err = window(shard.Bytes(), uint64(e.offset), uint64(e.size))
	}
	if err == nil {
		err = checkSum(tensorflow.MaskedSum(data), e.sum)
	}
	if err != nil {
		return t, fmt.Errorf("tfbundle: %s: tensor %q: %w", shard.Path(), e.name, err)
	}
	return Tensor{Name: e.name, DType: e.dtype, Shape: e.shape, Data: aligned(e.dtype, data), File: shard.Path()}, nil
}
