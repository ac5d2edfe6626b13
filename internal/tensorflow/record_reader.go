package tensorflow

import (
	"encoding/binary"
	"fmt"
	"io"
)

// Reader reads the records of a file in any order. It is safe for many
// goroutines at once.
type Reader struct {
	name    string
	file    io.ReaderAt
	offsets []int64 // [R+1] where each record's frame begins
}

// NewReader finds the records of a file of the given size. The name is for
// errors. The lengths are checked here, the bytes when they are read.
func NewReader(name string, file io.ReaderAt, size int64) (*Reader, error) {
	r := &Reader{name: name, file: file, offsets: []int64{0}}
	var header [recordHead]byte
	for offset := int64(0); offset < size; {
		if size-offset < recordHead+recordTail {
			return nil, r.fault(r.Len(), "the file ends in the middle of it (is the copy complete?)")
		}
		if _, err := file.ReadAt(header[:], offset); err != nil {
			return nil, r.fault(r.Len(), "%w", err)
		}
		if binary.LittleEndian.Uint32(header[8:]) != MaskedSum(header[:8]) {
			return nil, r.fault(r.Len(), "the checksum of its length is wrong (is this an uncompressed TFRecord file?)")
		}
		length := binary.LittleEndian.Uint64(header[:8])
		if length > uint64(size-offset-recordHead-recordTail) {
			return nil, r.fault(r.Len(), "its %d bytes reach beyond the end of the file (is the copy complete?)", length)
		}
		offset += recordHead + int64(length) + recordTail
		r.offsets = append(r.offsets, offset)
	}
	return r, nil
}

// Len returns the number of records.
func (r *Reader) Len() int { return len(r.offsets) - 1 }

// Size returns the number of bytes of all records, frames included.
func (r *Reader) Size() int64 { return r.offsets[len(r.offsets)-1] }

// Read reads record i into the memory of dst and checks it.
func (r *Reader) Read(dst []byte, i int) ([]byte, error) {
	size := int(r.offsets[i+1]-r.offsets[i]) - recordHead
	if cap(dst) < size {
		dst = make([]byte, size)
	}
	dst = dst[:size]
	if _, err := r.file.ReadAt(dst, r.offsets[i]+recordHead); err != nil {
		return nil, r.fault(i, "%w", err)
	}
	record, sum := dst[:size-recordTail], binary.LittleEndian.Uint32(dst[size-recordTail:])
	if sum != MaskedSum(record) {
		return nil, r.fault(i, "its checksum is wrong (the file is damaged)")
	}
	return record, nil
}

func (r *Reader) fault(record int, format string, args ...any) error {
	return fmt.Errorf("tfrecord: %s: record %d: %w", r.name, record, fmt.Errorf(format, args...))
}
