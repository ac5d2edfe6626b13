package main

import (
	"fmt"
	"path/filepath"
	"sync/atomic"

	"gobert/data/corpus"
	"gobert/internal/cli"
)

// reading are the arguments and flags of verbs that read text.
type reading struct {
	Text    []string `kong:"-"` // a verb names it where its arguments come
	Format  string   `group:"Data" without:"join" default:"auto" enum:"auto,text,lines,jsonl,wiki,wiki-json,parquet,csv,tsv" help:"auto (told by name and first bytes); text (a sentence a line, an empty line between documents); lines (a document a line); jsonl (a JSON object a line); wiki, wiki-json (as WikiExtractor leaves dumps); parquet, csv, tsv (a document a row)."`
	Field   string   `group:"Data" without:"join" placeholder:"NAME" aliases:"text-column" help:"Field of JSON objects, or column of Parquet, CSV and TSV files, that holds the text. Default: text, or the only column of text. Also --text-column."`
	OnError string   `type:"on-error" group:"Data" without:"join" default:"fail" enum:"fail,skip" help:"What to do with a line or file that cannot be read: fail, or skip, count and report it."`
}

// shownFaults is how many faults are told before they are only counted.
const shownFaults = 10

// options turns flags into options of package corpus. Skipped faults are logged, the first ones.
func (r *reading) options(s *cli.Streams) corpus.ReadOptions {
	o := corpus.ReadOptions{Paths: r.Text, Format: corpus.Format(r.Format), Field: r.Field, Stdin: s.In}
	if r.OnError == "skip" {
		var faults atomic.Int64
		o.OnError = func(err error) {
			switch n := faults.Add(1); {
			case n <= shownFaults:
				s.Log.Warn("skipped: " + cli.Text(err))
			case n == shownFaults+1:
				s.Log.Warn("skipped more; they are counted, not shown")
			}
		}
	}
	return o
}

// announce says what the first file was taken for, so that a wrong guess is seen at once.
func (r *reading) announce(s *cli.Streams) error {
	first := r.options(s)
	first.Paths = r.Text[:1]
	first.OnError = func(error) {} // it comes again when the file is read
	sources, err := corpus.Inspect(first)
	if err != nil {
		return err
	}
	if source := sources[0]; source.Path != corpus.Stdin && source.Format != "" && source.Format != corpus.Auto {
		packed := ""
		if source.Packed != "" {
			packed = ", " + source.Packed
		}
		if source.Coding != "utf-8" && source.Coding != "" {
			packed += ", " + source.Coding
		}
		if source.Field != "" {
			packed += fmt.Sprintf(", column %q", source.Field)
		}
		s.Log.Info(fmt.Sprintf("reading %s as %s%s: %s", filepath.Base(source.Path), source.Format, packed, described(source.Format)))
	}
	return nil
}

func described(f corpus.Format) string {
	switch f {
	case corpus.Text:
		return "a sentence a line, an empty line between documents (if each line is a document: --format lines)"
	case corpus.Lines:
		return "a document a line"
	case corpus.JSONL:
		return "a JSON object a line"
	case corpus.Wiki, corpus.WikiJSON:
		return "articles as WikiExtractor leaves them"
	}
	return "a document a row"
}
