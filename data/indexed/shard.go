package indexed

import (
	"encoding/binary"
	"fmt"
	"slices"

	"gobert/internal/disk"
)

// shard is one pair of files, mapped. The arrays are views into them.
type shard struct {
	prefix string
	files  []*disk.Mapping // the .idx and the .bin
	header

	lengths  []byte // [sentences] i32
	pointers []byte // [sentences] i64
	bounds   []byte // [boundaries] i64
	ids      []byte // [tokens] of the .bin file, end to end
}

// openShard maps prefix.idx and prefix.bin and checks every number in the index.
func openShard(prefix string) (_ *shard, err error) {
	s := &shard{prefix: prefix}
	defer func() {
		if err != nil {
			_ = s.close()
		}
	}()
	for _, extension := range []string{".idx", ".bin"} {
		file, err := disk.View(prefix + extension)
		if err != nil {
			return nil, err
		}
		s.files = append(s.files, file)
	}
	return s, s.parse(s.files[0].Bytes(), s.files[1].Bytes())
}

func (s *shard) close() error { return disk.CloseAll(s.files) }

// parse finds the arrays of the index and checks them against each other and the .bin file.
func (s *shard) parse(idx, bin []byte) (err error) {
	if s.header, err = parseHeader(idx); err != nil {
		return fmt.Errorf("%s.idx: %w", s.prefix, err)
	}
	rest := idx[headerSize:]
	s.lengths, rest = rest[:4*s.sentences], rest[4*s.sentences:]
	s.pointers, s.bounds, s.ids = rest[:8*s.sentences], rest[8*s.sentences:], bin
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
	if size := int64(len(s.ids)); size != end {
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
	data := s.ids[from : from+int64(n)*s.tokens.size()]
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
