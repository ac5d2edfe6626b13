package tensorflow

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	"github.com/klauspost/compress/s2"
)

// The end of a table: two handles (of the meta index and of the index), padded, and a number.
const (
	footerSize  = 48
	tableMagic  = 0xdb4775248b80fb57
	trailerSize = 5 // of a block: its compression and its checksum
)

// maxExpansion is more than Snappy can reach (64 bytes out of 3), so it refuses lies only.
const maxExpansion = 32

// A handle is the place of a block, without its trailer.
type handle struct{ offset, size uint64 }

// eachRecord calls yield with each key and value of the table, in the order of keys. The value
// is only valid during the call.
func eachRecord(table []byte, yield func(key string, value []byte) error) error {
	if len(table) < footerSize {
		return fmt.Errorf("expected a table of at least %d bytes, got %d (cut short?)", footerSize, len(table))
	}
	footer := table[len(table)-footerSize:]
	if magic := binary.LittleEndian.Uint64(footer[footerSize-8:]); magic != tableMagic {
		return fmt.Errorf("the table ends in %016x, expected %016x (not a checkpoint's index, or cut short?)", magic, uint64(tableMagic))
	}
	_, rest, err := parseHandle(footer)
	if err != nil {
		return err
	}
	index, _, err := parseHandle(rest)
	if err != nil {
		return err
	}
	block, err := readBlock(table, index)
	if err != nil {
		return fmt.Errorf("index block: %w", err)
	}
	var last string
	var previousEnd uint64
	keyBudget := maxExpansion * len(table) // a key may share all but one byte with the one before
	return eachInBlock(block, func(_, value []byte) error {
		h, _, err := parseHandle(value)
		if err != nil {
			return err
		}
		// Blocks follow each other; one named twice would let a small file unfold without end.
		if h.offset < previousEnd {
			return fmt.Errorf("block at byte %d begins before byte %d, the end of the one before", h.offset, previousEnd)
		}
		previousEnd = h.offset + h.size
		block, err := readBlock(table, h)
		if err != nil {
			return fmt.Errorf("block at byte %d: %w", h.offset, err)
		}
		return eachInBlock(block, func(key, value []byte) error {
			if string(key) <= last && len(key) > 0 {
				return fmt.Errorf("key %q does not follow %q (damaged?)", key, last)
			}
			if keyBudget -= len(key); keyBudget < 0 {
				return errors.New("the keys are far longer than the file (hostile?)")
			}
			last = string(key)
			return yield(last, value)
		})
	})
}

// parseHandle decodes the handle at the start of text.
func parseHandle(text []byte) (h handle, rest []byte, err error) {
	for _, field := range []*uint64{&h.offset, &h.size} {
		value, n := binary.Uvarint(text)
		if n <= 0 {
			return h, nil, errors.New("a block's place is cut short (damaged?)")
		}
		*field, text = value, text[n:]
	}
	return h, text, nil
}

// readBlock checks and decompresses the block at h.
func readBlock(table []byte, h handle) ([]byte, error) {
	total := uint64(len(table))
	if h.offset > total || h.size > total-h.offset || total-h.offset-h.size < trailerSize {
		return nil, fmt.Errorf("%d bytes at %d are beyond the file's %d (cut short?)", h.size, h.offset, total)
	}
	end := h.offset + h.size
	block, trailer := table[h.offset:end:end], table[end:end+trailerSize]
	if sum, want := maskedSum(table[h.offset:end+1]), binary.LittleEndian.Uint32(trailer[1:]); sum != want {
		return nil, fmt.Errorf("checksum %08x, expected %08x: the file is damaged, fetch it again", sum, want)
	}
	switch trailer[0] {
	case 0:
		return block, nil
	case 1:
		size, err := s2.DecodedLen(block)
		if err == nil && size > maxExpansion*len(block) {
			err = fmt.Errorf("claims %d bytes out of %d", size, len(block))
		}
		if err == nil {
			block, err = s2.Decode(nil, block)
		}
		if err != nil {
			return nil, fmt.Errorf("snappy: %w", err)
		}
		return block, nil
	}
	return nil, fmt.Errorf("unknown compression %d", trailer[0])
}

// maskedSum is the CRC-32C of data, rotated and shifted: a checksum of data that contains checksums would otherwise be weak, says
// TensorFlow's crc32c.h.
func maskedSum(data []byte) uint32 {
	sum := crc32.Checksum(data, crc32.MakeTable(crc32.Castagnoli))
	return (sum>>15 | sum<<17) + 0xa282ead8
}
