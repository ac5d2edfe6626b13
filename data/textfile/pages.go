package textfile

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"gobert/internal/intake"
)

// copies is how often a page lies in memory while it is read: packed, unpacked, and as values.
const copies = 3

// checkPages compares what the header of each page promises with the file and with the memory there is: the library makes room
// for a page before it looks at it.
func checkPages(f io.ReaderAt, file *parquet.File) error {
	for g := range file.Metadata().RowGroups {
		for c := range file.Metadata().RowGroups[g].Columns {
			chunk := &file.Metadata().RowGroups[g].Columns[c]
			if chunk.FilePath != "" || len(chunk.EncryptedColumnMetadata) > 0 {
				continue
			}
			if err := checkChunk(f, file.Size(), &chunk.MetaData); err != nil {
				return fmt.Errorf("row group %d, column %q: %w", g+1, strings.Join(chunk.MetaData.PathInSchema, "."), err)
			}
		}
	}
	return nil
}

// checkChunk walks over the pages of a column. A header that cannot be read is left to the library, which says so.
func checkChunk(f io.ReaderAt, size int64, c *format.ColumnMetaData) error {
	at := c.DataPageOffset
	if c.DictionaryPageOffset > 0 {
		at = min(at, c.DictionaryPageOffset)
	}
	end := at + c.TotalCompressedSize
	if at < 0 || end < at || end > size {
		return fmt.Errorf("it goes from byte %d to %d of a file of %d", at, end, size)
	}
	var protocol thrift.CompactProtocol
	buffer := bufio.NewReaderSize(nil, 1<<10)
	for at < end {
		section := io.NewSectionReader(f, at, end-at)
		buffer.Reset(section)
		var h format.PageHeader
		if err := thrift.NewDecoder(protocol.NewReader(buffer)).Decode(&h); err != nil || h.CompressedPageSize < 0 || h.UncompressedPageSize < 0 {
			return nil //nolint:nilerr // the library reports it with its place
		}
		read, _ := section.Seek(0, io.SeekCurrent)
		at += read - int64(buffer.Buffered())
		if int64(h.CompressedPageSize) > end-at {
			return fmt.Errorf("a page of %d bytes, where the column has %d left", h.CompressedPageSize, end-at)
		}
		if err := intake.Fits("a page", copies*int64(h.UncompressedPageSize)); err != nil {
			return err
		}
		at += int64(h.CompressedPageSize)
	}
	return nil
}
