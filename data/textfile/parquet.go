package textfile

import (
	"encoding/binary"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"

	"gobert/internal/fault"
)

// parquetMagic begins and ends every Parquet file.
const parquetMagic = "PAR1"

// IsParquet looks at a file's first bytes; its name says nothing.
func IsParquet(f io.ReaderAt) bool {
	var head [len(parquetMagic)]byte
	_, err := f.ReadAt(head[:], 0)
	return err == nil && string(head[:]) == parquetMagic
}

// OpenParquet reads the footer of a file of size bytes.
func OpenParquet(f io.ReaderAt, size int64) (file *parquet.File, err error) {
	defer Recover(&err)
	if err := checkEnd(f, size); err != nil {
		return nil, invalid(err)
	}
	if file, err = parquet.OpenFile(f, size, parquet.SkipBloomFilters(true), parquet.SkipPageIndex(true)); err != nil {
		return nil, invalid(err)
	}
	if err = checkPages(f, file); err != nil {
		return nil, invalid(err)
	}
	return file, nil
}

func invalid(err error) error {
	return fault.New("no valid Parquet file: %w", err).Advise("was it copied whole?")
}

// Recover, deferred around calls of the library, turns its panics about damaged files into an error.
func Recover(err *error) {
	if panicked := recover(); panicked != nil {
		*err = Damaged(panicked)
	}
}

// Damaged is the error for a panic of the library, for callers that recover by themselves to say more.
func Damaged(panicked any) error { return fmt.Errorf("the Parquet file is damaged: %v", panicked) }

// checkEnd compares the length of the footer with the file's, before the library makes room for it.
func checkEnd(f io.ReaderAt, size int64) error {
	var end [8]byte
	if size < 12 {
		return fmt.Errorf("it has %d bytes", size)
	}
	if _, err := f.ReadAt(end[:], size-8); err != nil {
		return err
	}
	if string(end[4:]) != parquetMagic {
		return fmt.Errorf("it ends in %q, expected %q", end[4:], parquetMagic)
	}
	if footer := int64(binary.LittleEndian.Uint32(end[:])); footer > size-12 {
		return fmt.Errorf("its footer would have %d bytes of the file's %d", footer, size)
	}
	return nil
}
