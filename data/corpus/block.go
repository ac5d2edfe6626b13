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
	from    position      // where it begins
	next    position      // and the next one
	fault   error         // reading ended here; everything else holds what came before
}

// position is a place in the sources between two blocks.
type position struct {
	Source int   `json:"source"`
	Offset int64 `json:"offset"` // bytes of the file's text, rows of a table
	Block  int   `json:"block"`  // of the file, from 0
}

// readBlocks hands all blocks from a position on to yield, until that returns false. A fault of
// a file comes as a block, after what could be read.
func (o *ReadOptions) readBlocks(ctx context.Context, sources []Source, from position, read *atomic.Int64,
	free func() []byte, yield func(block) bool,
) {
	for at := from; at.Source < len(sources); at = (position{Source: at.Source + 1}) {
		k := at.Source
		if !o.share.reads(k) {
			continue
		}
		here, goOn := at, true
		own := func() bool { return o.share.has(here) }
		emit := func(b block) bool {
			b.source, b.info, b.from = k, sources[k], here
			if b.next.Source, b.next.Block = k, here.Block+1; b.last {
				b.next = position{Source: k + 1}
			}
			wanted := own() || b.fault != nil && o.OnError == nil // what ends one part ends all
			here = b.next
			goOn = ctx.Err() == nil && (!wanted || yield(b))
			return goOn
		}
		if err := o.readSource(&sources[k], at.Offset, read, free, own, emit); err != nil && goOn {
			emit(block{last: true, fault: err})
		}
		if !goOn {
			return
		}
	}
}

// readSource emits all blocks of a source from an offset on. Of one that is not its own a part needs no more than where it ends.
func (o *ReadOptions) readSource(s *Source, offset int64, read *atomic.Int64, free func() []byte, own func() bool, emit func(block) bool) error {
	in, err := o.open(s, read)
	if err != nil {
		return err
	}
	defer in.close()
	if s.Format == Parquet || s.Format.isTable() {
		return in.readTable(s, offset, o, emit)
	}
	if err := in.Skip(offset); err != nil {
		return err
	}
	return in.cutBlocks(s.Format, offset, free, own, emit)
}

// cutBlocks cuts the text at the last end of a record in the next blockBytes; where there is
// none the block is doubled. So it depends on nothing but the text from the offset on, and
// reading that begins at the end of a block finds the same blocks.
func (in *input) cutBlocks(format Format, offset int64, free func() []byte, own func() bool, emit func(block) bool) error {
	data, limit := free(), blockBytes
	for {
		if limit == blockBytes && !own() {
			passed, err := in.passOthers(format, offset, own, emit)
			if err != nil {
				return err
			}
			if passed > 0 {
				data, offset = data[:0], offset+passed
				if err := in.Skip(offset); err != nil {
					return err
				}
			}
		}
		whole, err := in.fill(&data, limit)
		if err != nil {
			return err
		}
		if whole {
			emit(block{data: data, last: true})
			return nil
		}
		end := lastEnd(format, data[:limit])
		if end == 0 {
			if err := intake.Growing(limit+1, recordName(format)); err != nil {
				return fmt.Errorf("from byte %d on: %w", offset, err)
			}
			limit *= 2
			continue
		}
		offset += int64(end)
		rest := data[:0] // nobody looks at what is not this part's
		if own() {
			rest = free()
		}
		b := block{data: data[:end], next: position{Offset: offset}}
		rest = append(rest, data[end:]...)
		if !emit(b) {
			return nil
		}
		data, limit = rest, blockBytes
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
