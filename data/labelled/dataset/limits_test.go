package dataset

import (
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"

	"gobert/data/labelled/table"
)

// TestRecordsWithoutEnd reads records that never end, in each format: the reading does, with the file, the place and the limit,
// and takes no more memory than a few records of the greatest length.
func TestRecordsWithoutEnd(t *testing.T) {
	if testing.Short() {
		t.Skip("reads hundreds of megabytes")
	}
	letters := strings.Repeat("letters without end ", 1<<12)
	words := strings.ReplaceAll(letters, " ", "_") + " O\n"
	for _, test := range []struct {
		name, task string
		format     table.Format
		begin      string
		repeat     string
		want       string
	}{
		{"text", "classify", table.Lines, "one\n", letters, "standard input: line 2: the line is longer than 256M"},
		{"tsv", "classify", table.TSV, "text\tlabel\none\t", letters, "standard input: line 2: the line is longer than 256M"},
		{"csv, a field of many lines", "classify", table.CSV, "text,label\n\"one", strings.Repeat(letters, 10) + "\n", "the field is longer than 256M"},
		{"json lines", "classify", table.JSONLines, `{"text": "`, letters, "standard input: line 1: the line is longer than 256M"},
		{"a list of objects", "classify", table.JSON, "[\n{\"text\": \"one\"},\n{\"text\": \"", letters, "standard input: line 2: the object is longer than 256M"},
		{"an article", "squad", table.JSON, "{\"data\": [{\"paragraphs\": [\n", `{"qas": [], "context": "` + letters + "\"},\n", "the article is longer than 256M"},
		{"a sentence", "tag", table.Columned, "one O\n", words, "standard input: line 1: the sentence is longer than 256M"},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := &endless{head: test.begin, row: test.repeat, left: 1 << 40}
			err := drain(test.task, test.format, in)
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "standard input: ") {
				t.Errorf("got %.300v, want %q", err, test.want)
			}
			if given := 1<<40 - in.left; given > 300<<20 {
				t.Errorf("%d bytes were read", given)
			}
			runtime.GC()
		})
	}
	t.Run("packed", func(t *testing.T) {
		r, w := io.Pipe()
		go func() {
			z, _ := gzip.NewWriterLevel(w, gzip.BestSpeed)
			_, err := io.Copy(z, &endless{row: letters, left: 1 << 40})
			_ = w.CloseWithError(err)
		}()
		err := drain("classify", table.Lines, r)
		r.Close()
		if err == nil || !strings.Contains(err.Error(), "standard input: line 1: the line is longer than 256M") {
			t.Errorf("got %.300v", err)
		}
	})
}

// drain reads to the end, as prediction does.
func drain(task string, format table.Format, in io.Reader) error {
	r, _, err := Stream(Source{Task: task, Table: table.Options{Format: format}}, "-", in)
	if err != nil {
		return err
	}
	defer r.Close()
	for {
		if _, err := r.Next(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}
