package main

import (
	"context"
	"io"
	"strings"
	"unicode/utf8"

	"gobert/data/labelled"
	"gobert/data/labelled/table"
	"gobert/internal/cli"
	"gobert/internal/fault"
)

// tables are the flags that say how a file of texts is read.
type tables struct {
	Format     string `placeholder:"NAME" group:"Files" help:"csv, tsv, json, jsonl, parquet, text or conll; by default the file's name or its beginning tells."`
	Separator  string `placeholder:"CHAR" group:"Files" help:"What parts the columns; by default found (CSV: a comma, semicolon, bar or tab; CoNLL: tabs or blanks), for TSV a tab."`
	Header     *bool  `negatable:"" group:"Files" help:"The first line names the columns, or (--no-header) does not; by default it is looked at."`
	Text       string `name:"text-column" placeholder:"NAME" group:"Files" help:"Column of the text (the question, the prompt); columns without a header are called 1, 2, ..."`
	Pair       string `name:"pair-column" placeholder:"NAME" group:"Files" help:"Column of the second text."`
	Field      string `placeholder:"NAME" group:"Files" help:"JSON: the field that holds the rows."`
	AllowEmpty bool   `group:"Files" help:"Take rows with an empty text."`
}

// options are the flags as package table wants them.
func (f *tables) options() (table.Options, error) {
	separator, size := utf8.DecodeRuneInString(f.Separator)
	if f.Separator == `\t` {
		separator, size = '\t', 2
	}
	if size != len(f.Separator) {
		return table.Options{}, fault.Usage("{separator} %q: expected one character", f.Separator)
	}
	if f.Separator == "" {
		separator = 0
	}
	return table.Options{
		Format: table.Format(f.Format), Header: f.Header, Separator: separator, Field: f.Field, AllowEmpty: f.AllowEmpty,
		Columns: table.Columns{Text: f.Text, Pair: f.Pair},
	}, nil
}

// texts gives what is to be embedded, one text after the other; of pairs the two texts of each.
type texts struct {
	reader  *table.Reader // nil: those given on the command line
	given   []string
	pairs   bool
	second  string // of a pair whose first text was given
	waiting bool
	read    int
	empty   []int // the numbers of texts without a word
}

// openTexts opens a file, or reads in: a text a line, or the column of a table. Two texts of a line are parted by a tab.
func openTexts(path string, in io.Reader, pairs bool, f *tables) (*texts, error) {
	o, err := f.options()
	if err != nil {
		return nil, err
	}
	o.Texts, o.Pairs = true, pairs
	t := &texts{pairs: pairs}
	if path == "" || path == "-" {
		t.reader, err = table.Read("standard input", in, labelled.Classify, o)
	} else {
		t.reader, err = table.Open(path, labelled.Classify, o)
	}
	if err != nil {
		return nil, err
	}
	return t, nil
}

// Next gives the next text.
func (t *texts) Next() (labelled.Example, error) {
	if t.waiting {
		t.waiting = false
		return t.count(t.second), nil
	}
	e, err := t.example()
	if err != nil {
		return e, err
	}
	if !t.pairs {
		return t.count(e.Text), nil
	}
	first, second := e.Text, e.Pair
	if !e.HasPair {
		var parted bool
		if first, second, parted = strings.Cut(e.Text, "\t"); !parted {
			return e, fault.New("%s: the line has no tab, expected two texts parted by one", e.Origin).Advise("without {pairs} each line is a text")
		}
	}
	t.second, t.waiting = second, true
	return t.count(first), nil
}

// example gives the next row.
func (t *texts) example() (e labelled.Example, err error) {
	switch {
	case t.reader != nil:
		if e, err = t.reader.Next(); labelled.IsRow(err) {
			err = fault.New("%s", fault.Text(err)).Advise("each row gets a vector: correct it, or leave it out of the file")
		}
	case len(t.given) == 0:
		err = io.EOF
	default:
		e = labelled.Example{Text: t.given[0], Origin: labelled.Origin{File: "the command line", Record: 1}}
		t.given = t.given[1:]
	}
	return e, err
}

// Close closes the file.
func (t *texts) Close() error {
	if t.reader == nil {
		return nil
	}
	return t.reader.Close()
}

func (t *texts) count(text string) labelled.Example {
	if strings.TrimSpace(text) == "" {
		t.empty = append(t.empty, t.read)
	}
	t.read++
	return labelled.Example{Text: text}
}

// wordless counts the texts without a word, of those that r asks for.
func (t *texts) wordless(r labelled.Reader) int {
	part, ok := r.(*labelled.Some)
	if !ok {
		return len(t.empty)
	}
	n := 0
	for _, at := range t.empty {
		if at >= part.First && at < part.End {
			n++
		}
	}
	return n
}

// open gives the texts to embed.
func (v *embedVerb) open(ctx context.Context, s *cli.Streams, notes bool) (*texts, error) {
	switch {
	case len(v.Text) > 0 && v.Input != "":
		return nil, fault.Usage("texts and {input}: expected one of them")
	case len(v.Text) > 0:
		return &texts{given: v.Text, pairs: v.Pairs}, nil
	case v.Input == "" && cli.IsTerminal(s.In):
		return nil, fault.Usage("nothing to embed").Advise("give texts, or {input} FILE, or pipe lines in")
	}
	t, err := openTexts(v.Input, listen(ctx, s.In, v.Output), v.Pairs, &v.tables)
	if err == nil && notes {
		s.Notes(cli.Texts(t.reader.Notes()))
	}
	return t, err
}
