package corpus

import (
	"bytes"
	"errors"
	"io"
)

// leastTail is how much of the end of a block is read at first: a few documents.
const leastTail = 1 << 14

// passOthers passes over the blocks from an offset on that are not the part's own, as far as their ends can be told without reading
// them, and says how many bytes these are.
func (in *input) passOthers(format Format, offset int64, own func() bool, emit func(block) bool) (passed int64, err error) {
	for !own() {
		length, err := in.length(format, offset+passed)
		if err != nil || length == 0 {
			return passed, err
		}
		passed += length
		in.file.read.Add(length)
		if !emit(block{next: position{Offset: offset + passed}}) {
			break
		}
	}
	return passed, nil
}

// length tells how long the block at an offset is, by its end alone; 0 where something stands between the file and its text, the file
// ends before, or a record is longer than a block.
func (in *input) length(format Format, offset int64) (int64, error) {
	begin := in.Begin()
	if in.file == nil || begin < 0 {
		return 0, nil
	}
	for n := leastTail; n <= blockBytes; n *= 4 {
		if cap(in.tail) < n {
			in.tail = make([]byte, n)
		}
		tail := in.tail[:n]
		_, err := in.file.File.ReadAt(tail, begin+offset+blockBytes-int64(n))
		if errors.Is(err, io.EOF) {
			return 0, nil
		}
		if err != nil {
			return 0, err
		}
		// An empty line anywhere comes before the end of a line: there may be one before the tail.
		end := lastEnd(format, tail)
		if end > 0 && (format != Text || n == blockBytes || bytes.HasSuffix(tail[:end], []byte("\n\n"))) {
			return int64(blockBytes - n + end), nil
		}
	}
	return 0, nil
}
