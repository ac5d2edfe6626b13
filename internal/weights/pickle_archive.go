package weights

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
)

// maxInflation bounds how many times a compressed entry may grow. torch.save never compresses;
// a user's zip program gains little on weights, and more is an attack on memory.
const maxInflation = 16

// An archive is the zip container: <folder>/data.pkl, <folder>/data/<key> and a few notes.
type archive struct {
	content []byte
	entries map[string]*zip.File // by name without the folder
	budget  uint64               // bytes that compressed entries may still take
}

// parseArchive gives the tensors of a zip archive.
func parseArchive(content []byte, file string) ([]Tensor, error) {
	a, err := openArchive(content)
	if err != nil {
		return nil, err
	}
	order, err := a.read("byteorder") // written since PyTorch 2.1
	if err == nil && string(order) != "little" {
		return nil, fmt.Errorf("byte order %q is not supported, only little", order)
	}
	code, err := a.read("data.pkl")
	if err != nil {
		return nil, err
	}
	storages := map[string]*storage{}
	object, _, err := runPickle(code, storages)
	if err != nil {
		return nil, fmt.Errorf("data.pkl: %w", err)
	}
	for _, key := range slices.Sorted(maps.Keys(storages)) {
		s := storages[key]
		data, err := a.read("data/" + key)
		if err != nil {
			return nil, err
		}
		if int64(len(data)) < s.bytes {
			return nil, fmt.Errorf("storage %q: expected %d bytes, found %d (cut short?)", key, s.bytes, len(data))
		}
		s.data = aligned(U64, data)
	}
	return tensors(object, file, len(content))
}

// openArchive reads the directory of the archive.
func openArchive(content []byte) (*archive, error) {
	reader, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return nil, fmt.Errorf("%w (cut short?)", err)
	}
	folder, found := "", false
	for _, entry := range reader.File {
		switch path.Base(entry.Name) {
		case "constants.pkl":
			return nil, errors.New("a TorchScript archive holds a program; expected weights of torch.save")
		case "data.pkl":
			if found {
				return nil, errors.New("two data.pkl in one archive (damaged, or hostile?)")
			}
			folder, found = strings.TrimSuffix(entry.Name, "data.pkl"), true
		}
	}
	if !found {
		return nil, errors.New("no data.pkl in the zip archive (not a file of torch.save?)")
	}
	a := &archive{content, map[string]*zip.File{}, maxInflation * uint64(len(content))}
	for _, entry := range reader.File {
		name := strings.TrimPrefix(entry.Name, folder)
		if a.entries[name] != nil {
			return nil, fmt.Errorf("two entries named %s (damaged, or hostile?)", entry.Name)
		}
		a.entries[name] = entry
	}
	return a, nil
}

// read gives an entry's bytes, checked against its checksum: part of the file if they are
// stored as they are, else decompressed.
func (a *archive) read(name string) ([]byte, error) {
	entry := a.entries[name]
	if entry == nil {
		return nil, fmt.Errorf("the archive has no entry %s", name)
	}
	if entry.Method != zip.Store {
		return a.decompress(entry)
	}
	offset, err := entry.DataOffset()
	if err != nil {
		return nil, fmt.Errorf("entry %s: %w", entry.Name, err)
	}
	if entry.CompressedSize64 != entry.UncompressedSize64 {
		return nil, fmt.Errorf("entry %s: %d bytes in the place of %d (damaged?)", entry.Name, entry.CompressedSize64, entry.UncompressedSize64)
	}
	data, err := window(a.content, uint64(offset), entry.CompressedSize64)
	if err == nil {
		err = checkSum(crc32.ChecksumIEEE(data), entry.CRC32)
	}
	if err != nil {
		return nil, fmt.Errorf("entry %s: %w", entry.Name, err)
	}
	return data, nil
}

// decompress reads a whole entry into memory; the zip reader checks its checksum at the end.
func (a *archive) decompress(entry *zip.File) ([]byte, error) {
	size := entry.UncompressedSize64
	if size > a.budget {
		return nil, fmt.Errorf("entry %s: %d bytes when decompressed, more than %d times the file (hostile?)", entry.Name, size, maxInflation)
	}
	a.budget -= size
	stream, err := entry.Open()
	if err != nil {
		return nil, fmt.Errorf("entry %s: %w", entry.Name, err)
	}
	defer stream.Close()
	// The claimed size is not trusted: memory grows only as bytes arrive.
	data, err := io.ReadAll(io.LimitReader(stream, int64(size)+1))
	if err != nil {
		return nil, fmt.Errorf("entry %s: %w (damaged?)", entry.Name, err)
	}
	return data, nil
}
