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

// next reads the next word, where there is more.
func (r *runReader) next() (more bool, err error) {
	length, err := binary.ReadUvarint(r.in)
	if errors.Is(err, io.EOF) {
		return false, nil
	}
	if err == nil && length > maxWordBytes {
		err = fmt.Errorf("a word of %d bytes, expected at most %d", length, maxWordBytes)
	}
	var count uint64
	if err == nil {
		r.word = append(r.word[:0], make([]byte, length)...)
		if _, err = io.ReadFull(r.in, r.word); err == nil {
			count, err = binary.ReadUvarint(r.in)
		}
	}
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return false, fmt.Errorf("%s: %w", r.file.Name(), err)
	}
	r.count = int64(count)
	return true, nil
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
func mergeRuns(paths []string, f func(word []byte, count int64)) error {
	var readers runReaders // each before its first word at first, which is as if that were empty
	for _, path := range paths {
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		defer file.Close()
		readers = append(readers, &runReader{file: file, in: bufio.NewReaderSize(file, runBuffer)})
	}
	var word []byte
	for len(readers) > 0 {
		word = append(word[:0], readers[0].word...)
		var count int64
		for len(readers) > 0 && bytes.Equal(readers[0].word, word) {
			count += readers[0].count
			switch more, err := readers[0].next(); {
			case err != nil:
				return err
			case more:
				heap.Fix(&readers, 0)
			default:
				heap.Pop(&readers)
			}
		}
		if len(word) > 0 {
			f(word, count)
		}
	}
	return nil
}
