package labelled

import (
	"bytes"
	"slices"
	"sort"

	"gobert/data/textfile"
	"gobert/internal/intake"
)

// records is what a JSON decoder reads from, record by record: it knows at which line a byte is, and ends the reading of a record
// that is longer than [intake.Record], before the decoder makes room for it.
type records struct {
	source   *textfile.Text
	what     string // a record's name: "object"
	offset   int64
	began    int64   // where the record began that is being read
	newlines []int64 // offsets, ascending
	passed   int     // newlines dropped before the first kept
	fault    *Error
}

// Read is io.Reader's.
func (r *records) Read(p []byte) (int, error) {
	if r.fault == nil {
		if err := intake.Growing(int(r.offset-r.began), r.what); err != nil {
			r.fault = Broken(Origin{File: r.source.Name, Line: r.line(r.began)}, "%w", err)
		}
	}
	if r.fault != nil {
		return 0, r.fault
	}
	n, err := r.source.Read(p[:min(len(p), intake.Chunk)])
	for i := 0; i < n; i++ {
		k := bytes.IndexByte(p[i:n], '\n')
		if k < 0 {
			break
		}
		i += k
		r.newlines = append(r.newlines, r.offset+int64(i))
	}
	r.offset += int64(n)
	return n, err
}

// begin says that the next record begins at an offset.
func (r *records) begin(offset int64) {
	r.began = offset
	r.line(offset) // The newlines before it are needed no more.
}

// line is the line of an offset; offsets asked for may only grow.
func (r *records) line(offset int64) int {
	k := sort.Search(len(r.newlines), func(i int) bool { return r.newlines[i] >= offset })
	r.passed += k
	r.newlines = slices.Delete(r.newlines, 0, k)
	return r.passed + 1
}
