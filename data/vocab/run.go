package vocab

import (
	"bufio"
	"bytes"
	"container/heap"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// A run is a file of distinct words in the order of their bytes: length, word, count, where
// numbers are uvarints. It lives no longer than the training that wrote it.

const runBuffer = 1 << 17

// runWriter writes a run.
type runWriter struct {
	file   *os.File
	out    *bufio.Writer
	number []byte
}

func createRun(path string) (*runWriter, error) {
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	return &runWriter{file: file, out: bufio.NewWriterSize(file, runBuffer)}, nil
}

// add appends a word, which must come after the one before. A bufio.Writer keeps its first
// error, so that close reports it.
func (w *runWriter) add(word []byte, count int64) {
	w.number = binary.AppendUvarint(w.number[:0], uint64(len(word)))
	_, _ = w.out.Write(w.number)
	_, _ = w.out.Write(word)
	w.number = binary.AppendUvarint(w.number[:0], uint64(count))
	_, _ = w.out.Write(w.number)
}

func (w *runWriter) close() error { return errors.Join(w.out.Flush(), w.file.Close()) }

func writeRun(path string, t *table) error {
	w, err := createRun(path)
	if err != nil {
		return err
	}
	for _, e := range t.sorted() {
		w.add(t.word(e), e.count)
	}
	return w.close()
}

// runReader stands at one word of a run.
type runReader struct {
	file  *os.File
	in    *bufio.Reader
	word  []byte
	count int64
}

// next reads the next word; at the end it returns io.EOF.
func (r *runReader) next() error {
	length, err := binary.ReadUvarint(r.in)
	if err != nil {
		return err // io.EOF where a word would begin is the end of the run
	}
	if length > maxWordBytes {
		return fmt.Errorf("%s: a word of %d bytes, expected at most %d", r.file.Name(), length, maxWordBytes)
	}
	r.word = append(r.word[:0], make([]byte, length)...)
	if _, err := io.ReadFull(r.in, r.word); err != nil {
		return fmt.Errorf("%s: %w", r.file.Name(), cutShort(err))
	}
	count, err := binary.ReadUvarint(r.in)
	if err != nil {
		return fmt.Errorf("%s: %w", r.file.Name(), cutShort(err))
	}
	r.count = int64(count)
	return nil
}

func cutShort(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// runReaders is a heap by word.
type runReaders []*runReader

func (h runReaders) Len() int           { return len(h) }
func (h runReaders) Less(i, j int) bool { return bytes.Compare(h[i].word, h[j].word) < 0 }
func (h runReaders) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *runReaders) Push(x any)        { *h = append(*h, x.(*runReader)) }
func (h *runReaders) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

// mergeRuns calls f with each distinct word of all runs and the sum of its counts.
func mergeRuns(paths []string, f func(word []byte, count int64)) (err error) {
	var open []*os.File
	defer func() {
		for _, file := range open {
			file.Close()
		}
	}()
	var readers runReaders
	for _, path := range paths {
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		open = append(open, file)
		r := &runReader{file: file, in: bufio.NewReaderSize(file, runBuffer)}
		switch err := r.next(); {
		case err == nil:
			readers = append(readers, r)
		case !errors.Is(err, io.EOF):
			return err
		}
	}
	heap.Init(&readers)
	var word []byte
	for len(readers) > 0 {
		word = append(word[:0], readers[0].word...)
		var count int64
		for len(readers) > 0 && bytes.Equal(readers[0].word, word) {
			count += readers[0].count
			switch err := readers[0].next(); {
			case err == nil:
				heap.Fix(&readers, 0)
			case errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
				heap.Pop(&readers)
			default:
				return err
			}
		}
		f(word, count)
	}
	return nil
}
