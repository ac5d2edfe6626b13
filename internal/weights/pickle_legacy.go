package weights

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// legacyMagic is the number that the first pickle of a legacy file holds (torch/serialization.py).
const legacyMagic = "\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19"

// legacyProtocol is the only version of the container there ever was.
const legacyProtocol = 1001

// parseLegacy gives the tensors of a file made before PyTorch 1.6, or since with
// _use_new_zipfile_serialization=False: five pickles (magic, protocol, system, object, keys of
// the storages), then for each key the number of elements and the elements.
func parseLegacy(content []byte, path string) ([]Tensor, error) {
	storages := map[string]*storage{}
	var values [5]any
	rest := content
	for i := range values {
		value, length, err := runPickle(rest, storages)
		if err != nil {
			return nil, fmt.Errorf("pickle %d of %d: %w", i+1, len(values), err)
		}
		if i == 0 {
			if magic, _ := value.(pyLong); string(magic) != legacyMagic {
				return nil, errors.New("a pickle, but not one of torch.save")
			}
		}
		values[i], rest = value, rest[length:]
	}
	if values[1] != any(int64(legacyProtocol)) {
		return nil, fmt.Errorf("expected version %d of the legacy format, got another", legacyProtocol)
	}
	if system, ok := values[2].(*pyDict); ok {
		i := slices.Index(system.keys, any("little_endian"))
		if i >= 0 && system.values[i] != any(true) {
			return nil, errors.New("written on a big-endian machine, which is not supported")
		}
	}
	if err := fillStorages(storages, values[4], rest); err != nil {
		return nil, err
	}
	return tensors(values[3], path, len(content))
}

// fillStorages cuts rest into the storages that keys lists.
func fillStorages(storages map[string]*storage, keys any, rest []byte) error {
	names, ok := keys.(*pyList)
	if !ok {
		return fmt.Errorf("expected a list of storages, got %s", pyKind(keys))
	}
	filled := map[string]bool{}
	for _, key := range names.items {
		name, _ := key.(string)
		s := storages[name]
		if s == nil || filled[name] {
			return fmt.Errorf("storage %q is listed, but no tensor uses it, or twice (damaged?)", name)
		}
		filled[name] = true
		if len(rest) < 8 || uint64(len(rest)-8) < uint64(s.bytes) {
			return fmt.Errorf("storage %q: expected %d bytes, %d are left (cut short?)", name, s.bytes, max(len(rest)-8, 0))
		}
		elements := binary.LittleEndian.Uint64(rest)
		if s.bytes > 0 && (elements == 0 || uint64(s.bytes)%elements != 0 || uint64(s.bytes)/elements > 16) {
			return fmt.Errorf("storage %q: %d elements in %d bytes (damaged?)", name, elements, s.bytes)
		}
		s.data = aligned(U64, rest[8:8+s.bytes])
		rest = rest[8+s.bytes:]
	}
	for name := range storages {
		if !filled[name] {
			return fmt.Errorf("storage %q is used, but not in the file", name)
		}
	}
	if len(bytes.TrimRight(rest, "\x00")) > 0 {
		return fmt.Errorf("%d bytes after the last storage belong to none", len(rest))
	}
	return nil
}
