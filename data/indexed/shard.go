package indexed

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/edsrzf/mmap-go"
)

// shard is one pair of files, mapped. The three arrays are views into idx.
type shard struct {
	prefix   string
	idx, bin mmap.MMap
	header

	lengths  []byte // [sentences] i32
	pointers []byte // [sentences] i64
	bounds   []byte // [boundaries] i64
}

// openShard maps prefix.idx and prefix.bin and checks every number in the index.
func openShard(prefix string) (_ *shard, err error) {
	s := &shard{prefix: prefix}
	defer func() {
		if err != nil {
			_ = s.close()
		}
	}()
	if s.idx, err = mapFile(prefix + ".idx"); err != nil {
		return nil, err
	}
	if s.bin, err = mapFile(prefix + ".bin"); err != nil {
		return nil, err
	}
	if err := s.parse(); err != nil {
		return nil, err
	}
	return s, nil
}

// mapFile maps a file for reading. A private writable map, as weights have, would not do: the
// system refuses one that is larger than its memory.
func mapFile(path string) (mmap.MMap, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close() // the map outlives the descriptor
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	switch {
	case info.IsDir():
		return nil, fmt.Errorf("%s is a folder, expected a file", path)
	case info.Size() == 0:
		return nil, nil // an empty file cannot be mapped, and needs no map
	}
	mem, err := mmap.Map(file, mmap.RDONLY, 0)
	if err != nil {
		return nil, fmt.Errorf("mapping %d bytes of %s: %w", info.Size(), path, err)
	}
	return mem, nil
}

func (s *shard) close() error {
	var errs []error
	for _, mem := range []*mmap.MMap{&s.idx, &s.bin} {
		if *mem != nil {
			errs = append(errs, mem.Unmap())
		}
	}
	return errors.Join(errs...)
}

// parse finds the arrays of the index and checks them against each other and the .bin file.
func (s *shard) parse() error {
	var err error
	if s.header, err = parseHeader(s.idx); err != nil {
		return fmt.Errorf("%s.idx: %w", s.prefix, err)
	}
	rest := s.idx[headerSize:]
	s.lengths, rest = rest[:4*s.sentences], rest[4*s.sentences:]
	s.pointers, s.bounds = rest[:8*s.sentences], rest[8*s.sentences:]
	if err := s.checkSentences(); err != nil {
		return err
	}
	return s.checkDocuments()
}

// checkSentences walks over all sentences: they follow one another and fill the .bin file.
func (s *shard) checkSentences() error {
	var end int64
	for i := range int(s.sentences) {
		length, pointer := s.length(i), s.pointer(i)
		if length < 0 || pointer != end {
			return fmt.Errorf("%s.idx: sentence %d has %d tokens from byte %d, expected it to begin at byte %d (the index is damaged)",
				s.prefix, i, length, pointer, end)
		}
		end += int64(length) * s.tokens.size()
	}
	if size := int64(len(s.bin)); size != end {
		hint := "do the two files belong together?"
		if size < end {
			hint = "was it cut short?"
		}
		return fmt.Errorf("%s.bin: it has %d bytes, expected %d for the %d sentences of its index (%s)",
			s.prefix, size, end, s.sentences, hint)
	}
	return nil
}

// checkDocuments walks over all boundaries: they begin at 0, never go back and end at the end.
func (s *shard) checkDocuments() error {
	var before int64
	for i := range int(s.boundaries) {
		bound := s.bound(i)
		if i == 0 && bound != 0 {
			return fmt.Errorf("%s.idx: the first document begins at sentence %d, expected 0 (the index is damaged)", s.prefix, bound)
		}
		if bound < before || bound > s.sentences {
			return fmt.Errorf("%s.idx: document boundary %d is sentence %d, expected %d to %d (the index is damaged)",
				s.prefix, i, bound, before, s.sentences)
		}
		before = bound
	}
	if before != s.sentences {
		return fmt.Errorf("%s.idx: the documents end at sentence %d of %d (the index is damaged)", s.prefix, before, s.sentences)
	}
	return nil
}

func (s *shard) length(i int) int { return int(int32(binary.LittleEndian.Uint32(s.lengths[4*i:]))) }

func (s *shard) pointer(i int) int64 { return int64(binary.LittleEndian.Uint64(s.pointers[8*i:])) }

func (s *shard) bound(i int) int64 { return int64(binary.LittleEndian.Uint64(s.bounds[8*i:])) }

// appendSentence appends the ids of sentence i.
func (s *shard) appendSentence(dst []int32, i int) []int32 {
	n, from := s.length(i), s.pointer(i)
	data := s.bin[from : from+int64(n)*s.tokens.size()]
	dst = slices.Grow(dst, n)
	ids := dst[len(dst) : len(dst)+n]
	if s.tokens == typeUint16 {
		for k := range ids {
			ids[k] = int32(binary.LittleEndian.Uint16(data[2*k:]))
		}
	} else {
		for k := range ids {
			ids[k] = int32(binary.LittleEndian.Uint32(data[4*k:]))
		}
	}
	return dst[:len(dst)+n]
}
