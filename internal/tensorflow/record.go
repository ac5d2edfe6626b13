package tensorflow

import (
	"encoding/binary"
	"io"

	"gobert/internal/disk"
)

// The frame of a record.
const (
	recordHead = 8 + 4 // length and its checksum
	recordTail = 4     // checksum of the bytes
)

// Writer writes records to w, which should be buffered.
type Writer struct {
	w     io.Writer
	frame [recordHead]byte
}

// NewWriter returns a writer of records.
func NewWriter(w io.Writer) *Writer {
	return &Writer{w: w}
}

// Write appends one record.
func (w *Writer) Write(record []byte) error {
	binary.LittleEndian.PutUint64(w.frame[:8], uint64(len(record)))
	binary.LittleEndian.PutUint32(w.frame[8:], MaskedSum(w.frame[:8]))
	if _, err := w.w.Write(w.frame[:]); err != nil {
		return err
	}
	if _, err := w.w.Write(record); err != nil {
		return err
	}
	binary.LittleEndian.PutUint32(w.frame[:4], MaskedSum(record))
	_, err := w.w.Write(w.frame[:recordTail])
	return err
}

// MaskedSum is the CRC-32C of data, rotated and shifted: a checksum of data that contains checksums would otherwise be weak, says
// TensorFlow's crc32c.h.
func MaskedSum(data []byte) uint32 {
	sum := disk.CRC32C(0, data)
	return (sum>>15 | sum<<17) + 0xa282ead8
}
