package tfrecord

import (
	"encoding/binary"
	"hash/crc32"
	"io"
)

// The frame of a record.
const (
	headerSize  = 8 + 4 // length and its checksum
	trailerSize = 4     // checksum of the bytes
)

// checksum is CRC-32C, rotated and shifted: a checksum of data that contains
// checksums would otherwise be weak, says TensorFlow's crc32c.h.
func checksum(table *crc32.Table, b []byte) uint32 {
	crc := crc32.Checksum(b, table)
	return (crc>>15 | crc<<17) + 0xa282ead8
}

// Writer writes records to w, which should be buffered.
type Writer struct {
	w     io.Writer
	table *crc32.Table
	frame [headerSize]byte
}

// NewWriter returns a writer of records.
func NewWriter(w io.Writer) *Writer {
	return &Writer{w: w, table: crc32.MakeTable(crc32.Castagnoli)}
}

// Write appends one record.
func (w *Writer) Write(record []byte) error {
	binary.LittleEndian.PutUint64(w.frame[:8], uint64(len(record)))
	binary.LittleEndian.PutUint32(w.frame[8:], checksum(w.table, w.frame[:8]))
	if _, err := w.w.Write(w.frame[:]); err != nil {
		return err
	}
	if _, err := w.w.Write(record); err != nil {
		return err
	}
	binary.LittleEndian.PutUint32(w.frame[:4], checksum(w.table, record))
	_, err := w.w.Write(w.frame[:trailerSize])
	return err
}
