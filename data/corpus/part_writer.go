package corpus

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"

	"gobert/internal/disk"
	"gobert/internal/tensorflow"
)

// partWriter writes the blocks of a part to files of records, one after the other, and notes in the part's manifest whenever one is whole.
type partWriter struct {
	options *BuildOptions
	part    *PartManifest
	read    *atomic.Int64
	narrow  bool

	total   Statistics // of all files, the growing one included
	began   int64      // bytes of text before the growing file
	file    *os.File   // nil between two files
	out     *bufio.Writer
	records *tensorflow.Writer
	next    position
	blocks  int
	frame   []byte
	lines   lineCounter
}

func (o *BuildOptions) newPartWriter(p *PartManifest, read *atomic.Int64) *partWriter {
	w := &partWriter{options: o, part: p, read: read, narrow: isNarrow(p.Tokenizer.Vocabulary), total: p.Statistics}
	w.lines = lineCounter{options: o.ReadOptions, sources: p.Sources}
	return w
}

// add writes a block.
func (w *partWriter) add(t *tokenized) (err error) {
	if err := w.options.report(t, func() (int64, error) { return w.lines.before(t.block.from) }); err != nil {
		return err
	}
	if w.file == nil {
		if err := w.begin(); err != nil {
			return err
		}
	}
	if w.frame, err = appendFrame(w.frame[:0], t, w.narrow); err != nil {
		return err
	}
	if err := w.records.Write(w.frame); err != nil {
		return err
	}
	w.total.block(t)
	w.total.Sentences += int64(len(t.sentences))
	w.total.Tokens += int64(len(t.ids))
	w.next, w.blocks = t.block.next, w.blocks+1
	if w.options.Progress != nil {
		w.options.Progress(Progress{Read: w.read.Load(), Total: w.options.share.size(w.part.Sources), Statistics: w.total, Resumed: w.part.resumed})
	}
	if w.total.Bytes-w.began >= w.options.ShardSize {
		return w.end()
	}
	return nil
}

func (w *partWriter) begin() (err error) {
	path := filepath.Join(w.part.folder, fmt.Sprintf("blocks-%05d", len(w.part.Files)))
	if w.file, err = os.Create(disk.Growing(path)); err != nil {
		return err
	}
	w.out, w.began, w.blocks = bufio.NewWriterSize(w.file, 1<<20), w.total.Bytes, 0
	w.records = tensorflow.NewWriter(w.out)
	return nil
}

// end completes the file that grows, if there is one, and writes it down.
func (w *partWriter) end() error {
	if w.file == nil {
		return nil
	}
	defer w.abort() // does nothing after success
	name := fmt.Sprintf("blocks-%05d", len(w.part.Files))
	path := filepath.Join(w.part.folder, name)
	if err := w.out.Flush(); err != nil {
		return err
	}
	if err := w.file.Sync(); err != nil {
		return err
	}
	info, err := w.file.Stat()
	if err != nil {
		return err
	}
	if err := w.file.Close(); err != nil {
		return err
	}
	if err := os.Rename(disk.Growing(path), path); err != nil {
		return err
	}
	w.file = nil
	w.part.Files = append(w.part.Files, PartFile{name, info.Size(), w.blocks})
	w.part.Statistics, w.part.Next, w.part.Read = w.total, w.next, w.read.Load()
	return w.part.write()
}

// abort throws away the file that is not whole.
func (w *partWriter) abort() {
	if w.file != nil {
		_ = w.file.Close() // closed already where renaming failed
		_ = os.Remove(w.file.Name())
		w.file = nil
	}
}
