package corpus

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"

	"gobert/internal/fault"
	"gobert/internal/tensorflow"
)

// partReader reads the blocks of a part in their order.
type partReader struct {
	part   *PartManifest
	narrow bool
	read   *atomic.Int64

	file    int // that is open, or comes next
	open    *os.File
	records *tensorflow.Reader
	record  int // that comes next
	memory  []byte

	head frame // of the block that comes next
	rest []byte
	end  bool // there is none
}

// advance reads the next block's header.
func (r *partReader) advance() error {
	for r.records == nil || r.record == r.records.Len() {
		r.close()
		if r.file == len(r.part.Files) {
			r.end = true
			return nil
		}
		if err := r.next(); err != nil {
			return err
		}
	}
	record, err := r.records.Read(r.memory, r.record)
	if err != nil {
		return r.damaged(err)
	}
	r.memory, r.head = record[:cap(record)], frame{}
	r.record++
	r.read.Add(int64(len(record)))
	if r.rest, err = r.head.header(record); err == nil && r.head.From.Source >= len(r.part.Sources) {
		err = errFrame
	}
	if err != nil {
		return r.damaged(err)
	}
	return nil
}

// next opens the next file.
func (r *partReader) next() error {
	f := r.part.Files[r.file]
	path := filepath.Join(r.part.folder, f.Name)
	open, err := os.Open(path)
	if err != nil {
		return wrap("joining", err)
	}
	r.open, r.record = open, 0
	r.file++
	if r.records, err = tensorflow.NewReader(path, open, f.Size); err != nil {
		return r.damaged(err)
	}
	if n := r.records.Len(); n != f.Blocks {
		return r.damaged(errors.New("blocks are missing"))
	}
	return nil
}

// take makes a block of what comes next.
func (r *partReader) take(t *tokenized) error {
	err := r.head.into(t, r.rest, r.narrow)
	if err == nil && !r.head.From.before(r.head.Next) {
		err = errFrame
	}
	if err != nil {
		return r.damaged(err)
	}
	return nil
}

func (r *partReader) damaged(err error) error {
	var path string
	if r.open != nil {
		path = r.open.Name()
	}
	if errors.Is(err, io.EOF) {
		err = errors.New("it ends too early")
	}
	return fault.New("corpus: part %v: %s is damaged: %w", r.part.Part, path, err).Advise("copy the part anew, or make it again with {overwrite}")
}

func (r *partReader) close() {
	if r.open != nil {
		r.open.Close()
	}
	r.open, r.records = nil, nil
}
