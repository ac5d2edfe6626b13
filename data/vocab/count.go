package vocab

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"runtime"

	"golang.org/x/sync/errgroup"
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
	table   *table
	limit   int64 // bytes that the table may use
	name    string
	runs    []string // what did not fit, sorted
	total   int64
	skipped int64
}

// count counts the words of all texts on all cores.
func count(ctx context.Context, texts iter.Seq2[[]byte, error], newWords func() WordFunc, o Options) (_ *tally, err error) {
	folder, err := os.MkdirTemp(o.Folder, "vocab-*")
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
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		defer close(chunks)
		return t.cut(ctx, texts, chunks, free, o)
	})
	counters := make([]*counter, workers)
	for i := range counters {
		counters[i] = &counter{
			words: newWords(), table: newTable(), name: filepath.Join(folder, fmt.Sprint(i)),
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
		o.progress(Counting, t.bytes)
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
	return nil
}

// add counts the words of a text.
func (c *counter) add(text []byte) error {
	var err error
	c.words(text, func(word []byte) {
		if len(word) > maxWordBytes {
			c.skipped++
			return
		}
		c.total++
		c.table.add(word, 1)
		if c.table.size() > c.limit && err == nil {
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
