package vocab

import (
	"fmt"
	"os"
	"path/filepath"
)

// tally is how often each distinct word stands in the text: in a table, or, where that would
// not have fitted into memory, in sorted runs on disk.
type tally struct {
	table   *table
	folder  string // of runs; close removes it
	runs    []string
	bytes   int64 // of text
	total   int64 // words counted
	skipped int64 // words longer than maxWordBytes
}

// gather joins what several counters found.
func (t *tally) gather(counters []*counter) error {
	for _, c := range counters {
		t.total += c.total
		t.skipped += c.skipped
		t.runs = append(t.runs, c.runs...)
	}
	t.table = counters[0].table
	if len(t.runs) == 0 {
		for _, c := range counters[1:] {
			t.table.absorb(c.table)
		}
		return nil
	}
	for _, c := range counters {
		if err := c.spill(); err != nil {
			return err
		}
		t.runs = append(t.runs, c.runs[len(c.runs)-1])
	}
	t.table = nil
	return t.compact()
}

// maxRuns is how many runs are merged at a time: each has an open file and a buffer.
const maxRuns = 64

// compact merges runs into larger ones until they can all be open at once.
func (t *tally) compact() error {
	for n := 0; len(t.runs) > maxRuns; n++ {
		path := filepath.Join(t.folder, fmt.Sprintf("merged-%d.run", n))
		w, err := createRun(path)
		if err != nil {
			return err
		}
		if err := mergeRuns(t.runs[:maxRuns], w.add); err != nil {
			w.file.Close()
			return err
		}
		if err := w.close(); err != nil {
			return err
		}
		for _, merged := range t.runs[:maxRuns] {
			if err := os.Remove(merged); err != nil {
				return err
			}
		}
		t.runs = append(t.runs[maxRuns:], path) // to the end, so that runs of about a size meet
	}
	return nil
}

// each calls f with every distinct word, in no defined order. The word is valid until f returns.
func (t *tally) each(f func(word []byte, count int64)) error {
	if t.table == nil {
		return mergeRuns(t.runs, f)
	}
	for _, e := range t.table.entries {
		f(t.table.word(e), e.count)
	}
	return nil
}

func (t *tally) close() error { return os.RemoveAll(t.folder) }
