package indexed

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"

	"gobert/internal/disk"
)

// Writer writes one pair of files. It keeps 4 bytes for each sentence and 8 for each document in
// memory; tokens go to disk at once.
type Writer struct {
	prefix  string
	vocab   int
	tokens  tokenType
	bin     *os.File // the growing sibling of prefix.bin; nil when the writer is closed
	buffer  []byte   // tokens that are not in bin yet
	lengths []int32
	bounds  []int64 // 0, then the number of sentences at the end of each document
	total   int64   // tokens
}

// bufferSize makes writing cost next to nothing, and is small enough for a writer on each core.
const bufferSize = 1 << 18

// Create begins the pair prefix.bin and prefix.idx for ids below vocabSize: two bytes a token
// where the vocabulary allows, four otherwise. The files get their names in [Writer.Close].
// Only one writer at a time may write a prefix.
func Create(prefix string, vocabSize int) (*Writer, error) {
	if vocabSize <= 0 || vocabSize > math.MaxInt32 {
		return nil, fmt.Errorf("indexed: creating %s: vocabulary size is %d, expected the tokenizer's", prefix, vocabSize)
	}
	bin, err := os.Create(disk.Growing(prefix + ".bin"))
	if err != nil {
		return nil, fmt.Errorf("indexed: creating %s: %w", prefix, err)
	}
	return &Writer{prefix: prefix, vocab: vocabSize, tokens: typeFor(vocabSize), bin: bin, bounds: []int64{0}}, nil
}

// Documents returns the number of documents that have ended.
func (w *Writer) Documents() int { return len(w.bounds) - 1 }

// Sentences returns the number of sentences added.
func (w *Writer) Sentences() int { return len(w.lengths) }

// Tokens returns the number of tokens added.
func (w *Writer) Tokens() int64 { return w.total }

// AddSentence appends a sentence to the document that is open.
func (w *Writer) AddSentence(ids []int32) error {
	switch {
	case w.bin == nil:
		return w.fault("the writer is closed")
	case len(ids) == 0:
		return w.fault("%s has no tokens, expected at least one", w.place())
	case len(ids) > math.MaxInt32:
		return w.fault("%s has %d tokens, more than the format holds", w.place(), len(ids))
	}
	before := len(w.buffer)
	for k, id := range ids {
		if id < 0 || int(id) >= w.vocab {
			w.buffer = w.buffer[:before]
			return w.fault("%s: token %d has id %d, outside the vocabulary of %d", w.place(), k, id, w.vocab)
		}
		if w.tokens == typeUint16 {
			w.buffer = binary.LittleEndian.AppendUint16(w.buffer, uint16(id))
		} else {
			w.buffer = binary.LittleEndian.AppendUint32(w.buffer, uint32(id))
		}
	}
	w.lengths = append(w.lengths, int32(len(ids)))
	w.total += int64(len(ids))
	if len(w.buffer) >= bufferSize {
		return w.flush()
	}
	return nil
}

// EndDocument closes the document that is open; the next sentence begins another.
func (w *Writer) EndDocument() error {
	switch end := int64(len(w.lengths)); {
	case w.bin == nil:
		return w.fault("the writer is closed")
	case end == w.bounds[len(w.bounds)-1]:
		return w.fault("document %d has no sentences, expected at least one", w.Documents())
	default:
		w.bounds = append(w.bounds, end)
		return nil
	}
}

// Close writes the index and gives both files their names, the index last. On an error nothing
// of this writer remains. Closing again does nothing.
func (w *Writer) Close() error {
	if w.bin == nil {
		return nil
	}
	defer w.Abort() // does nothing after success
	if end := w.bounds[len(w.bounds)-1]; end != int64(len(w.lengths)) {
		return w.fault("its last %d sentences belong to no document: EndDocument was not called", int64(len(w.lengths))-end)
	}
	if err := w.flush(); err != nil {
		return err
	}
	if err := w.bin.Sync(); err != nil {
		return w.fault("%w", err)
	}
	if err := w.writeIndex(); err != nil {
		return w.fault("%w", err)
	}
	if err := w.rename(); err != nil {
		return w.fault("%w", err)
	}
	err := w.bin.Close()
	w.bin = nil
	if err != nil {
		return w.fault("%w", err)
	}
	return nil
}

// Abort throws away what was written. After Close it does nothing.
func (w *Writer) Abort() {
	if w.bin == nil {
		return
	}
	w.bin.Close()
	_ = os.Remove(w.bin.Name())
	_ = os.Remove(disk.Growing(w.prefix + ".idx"))
	w.bin = nil
}

// rename replaces the pair. An index that is there already goes first: were the program killed
// between two renames, it would stand beside the tokens of another corpus.
func (w *Writer) rename() error {
	if err := os.Remove(w.prefix + ".idx"); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	for _, extension := range []string{".bin", ".idx"} {
		if err := os.Rename(disk.Growing(w.prefix+extension), w.prefix+extension); err != nil {
			return err
		}
	}
	return disk.SyncFolder(filepath.Dir(w.prefix))
}

func (w *Writer) writeIndex() error {
	idx, err := os.Create(disk.Growing(w.prefix + ".idx"))
	if err != nil {
		return err
	}
	buffer := appendHeader(nil, header{w.tokens, int64(len(w.lengths)), int64(len(w.bounds))})
	spill := func(limit int) {
		if err == nil && len(buffer) >= limit {
			_, err = idx.Write(buffer)
			buffer = buffer[:0]
		}
	}
	for _, length := range w.lengths {
		buffer = binary.LittleEndian.AppendUint32(buffer, uint32(length))
		spill(bufferSize)
	}
	var pointer int64
	for _, length := range w.lengths {
		buffer = binary.LittleEndian.AppendUint64(buffer, uint64(pointer))
		pointer += int64(length) * w.tokens.size()
		spill(bufferSize)
	}
	for _, bound := range w.bounds {
		buffer = binary.LittleEndian.AppendUint64(buffer, uint64(bound))
		spill(bufferSize)
	}
	spill(0)
	return errors.Join(err, idx.Sync(), idx.Close())
}

func (w *Writer) flush() error {
	_, err := w.bin.Write(w.buffer)
	w.buffer = w.buffer[:0]
	if err != nil {
		return w.fault("%w", err)
	}
	return nil
}

// place names the sentence that is about to be added.
func (w *Writer) place() string {
	return fmt.Sprintf("sentence %d of document %d", len(w.lengths)-int(w.bounds[len(w.bounds)-1]), w.Documents())
}

func (w *Writer) fault(format string, args ...any) error {
	return fmt.Errorf("indexed: writing %s: %w", w.prefix, fmt.Errorf(format, args...))
}
