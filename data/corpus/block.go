package corpus

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"sync/atomic"

	"gobert/internal/intake"
)

// blockBytes is what a goroutine works on at a time. Where blocks end depends on the text
// alone, so that the result does not depend on who works on what.
const blockBytes = 1 << 20

// block is a run of whole records of one file.
type block struct {
	source  int
	info    Source // the source, with what is known of it now
	data    []byte
	records []int         // ends of records in data where the format has no marks of its own
	faults  []recordFault // what is wrong with some of these
	last    bool          // of its file
	next    position
	fault   error // reading ended here; everything else holds what came before
}

// position is a place in the sources between two blocks.
type position struct {
	Source int   `json:"source"`
	Offset int64 `json:"offset"` // bytes of the file's text, rows of a table
}

// readBlocks hands all blocks from a position on to yield, until that returns false. A fault of
// a file comes as a block, after what could be read.
func (o *ReadOptions) readBlocks(ctx context.Context, sources []Source, from position, read *atomic.Int64,
	free func() []byte, yield func(block) bool,
) {
	for k := from.Source; k < len(sources); k++ {
		offset := int64(0)
		if k == from.Source {
			offset = from.Offset
		}
		next := position{Source: k + 1}
		goOn := true
		emit := func(b block) bool {
			b.source, b.info = k, sources[k]
			if b.last {
				b.next = next
			}
			goOn = ctx.Err() == nil && yield(b)
			return goOn
		}
		if err := o.readSource(&sources[k], k, offset, read, free, emit); err != nil && goOn {
			emit(block{last: true, fault: err})
		}
		if !goOn {
			return
		}
	}
}

func (o *ReadOptions) readSource(s *Source, k int, offset int64, read *atomic.Int64, free func() []byte, emit func(block) bool) error {
	in, err := o.open(s, read)
	if err != nil {
		return err
	}
	defer in.close()
	if s.Format == Parquet || s.Format.isTable() {
		return in.readTable(s, k, offset, o, emit)
	}
	if err := in.Skip(offset); err != nil {
		return err
	}
	return in.cutBlocks(s.Format, k, offset, free, emit)
}

// cutBlocks cuts the text at the last end of a record in the next blockBytes; where there is
// none the block is doubled. So it depends on nothing but the text from the offset on, and
// reading that begins at the end of a block finds the same blocks.
func (in *input) cutBlocks(format Format, k int, offset int64, free func() []byte, emit func(block) bool) error {
	data, limit := free(), blockBytes
	for {
		whole, err := in.fill(&data, limit)
		if err != nil {
			return err
		}
		if whole {
			emit(block{data: data, last: true})
			return nil
		}
		end := lastEnd(format, data[:limit])
		switch {
		case end > 0:
			rest := append(free(), data[end:]...)
			offset += int64(end)
			if !emit(block{data: data[:end], next: position{k, offset}}) {
				return nil
			}
			data, limit = rest, blockBytes
		default:
			if err := intake.Growing(limit+1, recordName(format)); err != nil {
				return fmt.Errorf("from byte %d on: %w", offset, err)
			}
			limit *= 2
		}
	}
}

// fill reads until there are limit bytes; whole reports that the text ended before.
func (in *input) fill(data *[]byte, limit int) (whole bool, err error) {
	n := len(*data)
	if n >= limit {
		return false, nil
	}
	*data = slices.Grow(*data, limit-n)[:limit]
	got, err := io.ReadFull(in, (*data)[n:])
	*data = (*data)[:n+got]
	if err == io.EOF || err == io.ErrUnexpectedEOF { //nolint:errorlint // ReadFull returns these bare at the end
		return true, nil
	}
	return false, err
}

func recordName(format Format) string {
	if format == Wiki {
		return "<doc> element"
	}
	return "line"
}

// lastEnd returns where the last whole record ends, 0 when there is none.
func lastEnd(format Format, data []byte) int {
	switch format {
	case Wiki:
		end := bytes.LastIndexByte(data, '\n') + 1 // the element must be followed by the end of its line
		if at := bytes.LastIndex(data[:end], []byte("</doc>")); at >= 0 {
			return at + 1 + bytes.IndexByte(data[at:], '\n')
		}
		return 0
	case Text:
		if at := bytes.LastIndex(data, []byte("\n\n")); at >= 0 {
			return at + 2
		}
		if at := bytes.LastIndex(data, []byte("\n\r\n")); at >= 0 {
			return at + 3
		}
	}
	return bytes.LastIndexByte(data, '\n') + 1
}
