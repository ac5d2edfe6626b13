package vocab

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"runtime"

	"gobert/internal/disk"
	"gobert/internal/fault"
)

const (
	// maxWordBytes is the longest word that is counted. Tokenizers give up on words far
	// shorter; what is longer is no word but data that got into the text.
	maxWordBytes = 1 << 16
	// chunkBytes is what a goroutine works on at a time.
	chunkBytes = 1 << 18
)

// counter counts words on one goroutine.
type counter struct {
	words   WordFunc
	raw     *table // runs between white space
	table   *table // words
	limit   int64  // bytes that both may use
	name    string
	runs    []string // what did not fit, sorted
	total   int64
	skipped int64
}

// count counts the words of all texts on all cores.
func count(ctx context.Context, texts iter.Seq2[[]byte, error], newWords func() WordFunc, o Options) (_ *tally, err error) {
	folder := o.Folder
	if folder == "" {
		folder = os.TempDir()
	}
	folder, err = os.MkdirTemp(disk.Pattern(filepath.Join(folder, "sorted")))
	if err != nil {
		return nil, fmt.Errorf("making a folder for sorted runs: %w", err)
	}
	t := &tally{folder: folder}
	defer func() {
		if err != nil {
			err = errors.Join(err, t.close())
		}
	}()
	workers := runtime.GOMAXPROCS(0)
	chunks, free := make(chan []byte, workers), make(chan []byte, 2*workers)
	group, ctx := fault.GroupOf(ctx)
	group.Go(func() error {
		defer close(chunks)
		return t.cut(ctx, texts, chunks, free, o)
	})
	counters := make([]*counter, workers)
	for i := range counters {
		counters[i] = &counter{
			words: newWords(), raw: newTable(), table: newTable(), name: filepath.Join(folder, fmt.Sprint(i)),
			limit: min(o.Memory/4/int64(workers), maxArena),
		}
		group.Go(func() error { return counters[i].run(chunks, free) })
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return t, t.gather(counters)
}

// cut joins texts to chunks, so that handing them over costs next to nothing.
func (t *tally) cut(ctx context.Context, texts iter.Seq2[[]byte, error], chunks chan<- []byte, free <-chan []byte, o Options) error {
	var chunk []byte
	send := func() error {
		select {
		case chunks <- chunk:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		t.bytes += int64(len(chunk))
		o.progress(Counting, t.bytes, 0)
		select {
		case chunk = <-free:
		default:
			chunk = make([]byte, 0, chunkBytes)
		}
		return nil
	}
	for text, err := range texts {
		if err != nil {
			return err
		}
		chunk = append(append(chunk, text...), '\n') // white space: no word goes across
		if len(chunk) >= chunkBytes {
			if err := send(); err != nil {
				return err
			}
		}
	}
	if len(chunk) > 0 {
		return send()
	}
	return nil
}

func (c *counter) run(chunks <-chan []byte, free chan<- []byte) error {
	for chunk := range chunks {
		if err := c.add(chunk); err != nil {
			return err
		}
		if cap(chunk) <= 4*chunkBytes { // a giant text is not kept
			select {
			case free <- chunk[:0]:
			default:
			}
		}
	}
	return c.flush()
}

// maxRawBytes is the longest run between white space that is counted before it is normalized.
// What is longer hardly ever comes again: a line of Chinese, a URL.
const maxRawBytes = 64

// add counts the words of a text. Runs between white space are counted as they stand, and
// normalized when the table of them is full: as most words come again, that is a tenth of the work.
func (c *counter) add(text []byte) error {
	for begin := 0; begin < len(text); {
		if isSpace(text[begin]) {
			begin++
			continue
		}
		end := begin + 1
		for end < len(text) && !isSpace(text[end]) {
			end++
		}
		if run := text[begin:end]; len(run) > maxRawBytes {
			if err := c.normalize(run, 1); err != nil {
				return err
			}
		} else if c.raw.add(run, 1); c.raw.size() > c.limit/2 {
			if err := c.flush(); err != nil {
				return err
			}
		}
		begin = end + 1
	}
	return nil
}

func isSpace(b byte) bool { return b == ' ' || b-'\t' < 5 }

// flush normalizes the runs counted so far.
func (c *counter) flush() error {
	for _, e := range c.raw.entries {
		if err := c.normalize(c.raw.word(e), e.count); err != nil {
			return err
		}
	}
	c.raw.reset()
	return nil
}

// normalize counts the words of a run that came n times.
func (c *counter) normalize(run []byte, n int64) error {
	var err error
	c.words(run, func(word []byte) {
		if len(word) > maxWordBytes {
			c.skipped += n
			return
		}
		c.total += n
		c.table.add(word, n)
		if c.table.size() > c.limit/2 && err == nil {
			err = c.spill()
		}
	})
	return err
}

// spill writes the table to the next run and empties it.
func (c *counter) spill() error {
	path := fmt.Sprintf("%s-%d.run", c.name, len(c.runs))
	if err := writeRun(path, c.table); err != nil {
		return err
	}
	c.runs = append(c.runs, path)
	c.table.reset()
	return nil
}
