package weights

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/klauspost/compress/s2"

	"gobert/internal/tensorflow"
)

// The end of a table: two handles (of the meta index and of the index), padded, and a number.
const (
	footerSize  = 48
	tableMagic  = 0xdb4775248b80fb57
	trailerSize = 5 // of a block: its compression and its checksum
)

// maxUnfolding is how many times as long a block may become: more than Snappy can reach (64 bytes out of 3), so it refuses lies only.
const maxUnfolding = 32

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
	keyBudget := maxUnfolding * len(table) // a key may share all but one byte with the one before
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
	block, err := window(table, h.offset, h.size)
	if err != nil {
		return nil, err
	}
	end := h.offset + h.size
	trailer, err := window(table, end, trailerSize)
	if err != nil {
		return nil, err
	}
	if err := checkSum(tensorflow.MaskedSum(table[h.offset:end+1]), binary.LittleEndian.Uint32(trailer[1:])); err != nil {
		return nil, err
	}
	switch trailer[0] {
	case 0:
		return block, nil
	case 1:
		size, err := s2.DecodedLen(block)
		if err == nil && size > maxUnfolding*len(block) {
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
