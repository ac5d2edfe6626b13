package corpus

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"sync/atomic"

	"gobert/data/indexed"
	faults "gobert/internal/fault"
)

// shards writes tokenized blocks to shards, one after the other. A shard is closed, which waits
// for the disk, while the next one grows.
type shards struct {
	options  *BuildOptions
	journal  *journal
	progress func(Statistics)
	read     *atomic.Int64

	total   Statistics // of all shards, the growing one included
	records int64      // of the source that is being read
	number  int        // of shards, the growing one included
	now     growing
	doc     *indexed.Writer // of the document that is open; nil between documents
	closing chan error      // nil: no shard is being closed
}

// growing is the shard that is being written.
type growing struct {
	Shard
	began    int64      // bytes of the shards before it
	total    Statistics // of all shards, up to its end
	train    *indexed.Writer
	heldOut  *indexed.Writer
	next     position // behind it
	records  int64
	read     int64
	sources  []Source
	notEmpty bool
}

func newShards(o *BuildOptions, j *journal, progress func(Statistics), read *atomic.Int64) *shards {
	w := &shards{options: o, journal: j, progress: progress, read: read, total: j.Statistics, records: j.Records}
	w.now.sources = slices.Clone(j.Sources)
	w.number = len(j.Shards)
	w.begin()
	return w
}

func (w *shards) begin() {
	w.now = growing{Shard: Shard{Name: fmt.Sprintf("shard-%05d", w.number)}, began: w.total.Bytes, sources: w.now.sources}
	w.number++
}

// add writes a block. A shard ends where a block and a document do.
func (w *shards) add(t *tokenized) error {
	b := &t.block
	w.now.sources[b.source] = b.info
	if err := w.options.report(t, func() (int64, error) { return w.records, nil }); err != nil {
		return err
	}
	if w.records += t.records; b.last {
		w.records = 0
	}
	if err := w.documents(t); err != nil {
		return err
	}
	w.total.block(t)
	w.progress(w.total)
	w.now.notEmpty = true
	w.now.next, w.now.records, w.now.read = b.next, w.records, w.read.Load()
	if w.total.Bytes-w.now.began >= w.options.ShardSize && !t.open {
		return w.endShard()
	}
	return nil
}

// documents writes the documents of a block.
func (w *shards) documents(t *tokenized) error {
	ids, sentences := t.ids, t.sentences
	for i, n := range t.documents {
		for _, length := range sentences[:n] {
			if err := w.sentence(ids[:length]); err != nil {
				return err
			}
			ids = ids[length:]
		}
		sentences = sentences[n:]
		if w.doc != nil && (i < len(t.documents)-1 || !t.open) {
			if err := w.endDocument(); err != nil {
				return err
			}
		}
	}
	return nil
}

// sentence writes a sentence; where no document is open it begins one.
func (w *shards) sentence(ids []int32) error {
	if w.doc == nil {
		var err error
		if w.options.drawn(w.total.Documents) {
			w.doc, err = w.writer(&w.now.heldOut, HeldOutName)
		} else {
			w.doc, err = w.writer(&w.now.train, TrainName)
		}
		if err != nil {
			return err
		}
	}
	w.total.Tokens += int64(len(ids))
	w.total.Sentences++
	return w.doc.AddSentence(ids)
}

func (w *shards) endDocument() error {
	w.total.Documents++
	doc := w.doc
	w.doc = nil
	return doc.EndDocument()
}

// writer returns the writer of a data set, which is made when its first document comes.
func (w *shards) writer(at **indexed.Writer, name string) (_ *indexed.Writer, err error) {
	if *at == nil {
		*at, err = indexed.Create(filepath.Join(w.options.Folder, name, w.now.Name), w.options.Tokenizer.Size())
	}
	return *at, err
}

// endShard closes the shard in the background and begins the next.
func (w *shards) endShard() error {
	if err := w.wait(); err != nil {
		return err
	}
	full := w.now
	full.total, full.sources = w.total, slices.Clone(w.now.sources)
	w.closing = make(chan error, 1)
	go func(done chan<- error) {
		done <- faults.Caught(func() error { return w.journal.closeShard(full) })
	}(w.closing)
	w.begin()
	return nil
}

// wait waits until the shard before is on the disk.
func (w *shards) wait() error {
	if w.closing == nil {
		return nil
	}
	err := <-w.closing
	w.closing = nil
	return err
}

// close ends the last shard.
func (w *shards) close() error {
	if w.now.notEmpty {
		if err := w.endShard(); err != nil {
			return err
		}
	}
	return w.wait()
}

// abort throws away the shard that is not finished.
func (w *shards) abort() {
	_ = w.wait()
	for _, writer := range []*indexed.Writer{w.now.train, w.now.heldOut} {
		if writer != nil {
			writer.Abort()
		}
	}
}

// closeShard gives the files of a shard their names and writes it down.
func (j *journal) closeShard(s growing) error {
	for _, set := range []struct {
		writer *indexed.Writer
		counts *Counts
	}{{s.train, &s.Train}, {s.heldOut, &s.HeldOut}} {
		if set.writer == nil {
			continue
		}
		*set.counts = Counts{int64(set.writer.Documents()), int64(set.writer.Sentences()), set.writer.Tokens()}
		if err := set.writer.Close(); err != nil {
			return err
		}
	}
	if err := j.sum(context.Background(), j.folder, s.Shard); err != nil { // at once: the system has what was just written in memory
		return err
	}
	j.Train.add(s.Train)
	j.HeldOut.add(s.HeldOut)
	j.Shards, j.Statistics = append(j.Shards, s.Shard), s.total
	j.Sources, j.Next, j.Records, j.Read = s.sources, s.next, s.records, s.read
	return j.write()
}
