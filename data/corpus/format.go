package corpus

import (
	"fmt"
	"strings"

	"gobert/data/labelled/table"
)

// Format is how documents stand in a file.
type Format string

// The formats that can be read.
const (
	Auto     Format = "auto"      // told by the file's name and first bytes
	Text     Format = "text"      // a sentence or paragraph a line, an empty line between documents
	Lines    Format = "lines"     // a document a line
	JSONL    Format = "jsonl"     // a JSON object a line, its text in one field
	Wiki     Format = "wiki"      // WikiExtractor's <doc ...> elements
	WikiJSON Format = "wiki-json" // WikiExtractor's objects, one a line
	Parquet  Format = "parquet"   // the text in one column
	CSV      Format = "csv"       // likewise
	TSV      Format = "tsv"       // likewise
)

// Formats are all formats, in the order of their constants.
func Formats() []Format { return []Format{Auto, Text, Lines, JSONL, Wiki, WikiJSON, Parquet, CSV, TSV} }

// unit names what is counted where an error says its place.
func (f Format) unit() string {
	if f == Parquet || f.isTable() {
		return "row"
	}
	return "line"
}

// check finds a name that is no format.
func (f Format) check() error {
	var names []string
	for _, known := range Formats() {
		if f == known {
			return nil
		}
		names = append(names, string(known))
	}
	return fmt.Errorf("format %q, expected one of %s", f, strings.Join(names, ", "))
}

// detect tells the format of a file by its name and its first bytes, decompressed and UTF-8.
func detect(path string, head []byte) Format {
	begin := strings.TrimLeft(string(head), " \t\r\n")
	switch extension := table.Extension(path); {
	case strings.HasPrefix(begin, "<doc "):
		return Wiki
	case strings.HasPrefix(begin, `{"`) && isWikiJSON(begin):
		return WikiJSON
	case extension == table.JSON, extension == table.JSONLines, strings.HasPrefix(begin, `{"`):
		return JSONL
	case extension == table.CSV, extension == table.TSV:
		return Format(extension)
	}
	if format, ok := table.Looks(head); ok {
		return Format(format)
	}
	return Text
}

// isWikiJSON recognises the keys that WikiExtractor writes, in its order.
func isWikiJSON(begin string) bool {
	line, _, _ := strings.Cut(begin, "\n")
	at := 0
	for _, key := range []string{`"id":`, `"url":`, `"title":`, `"text":`} {
		found := strings.Index(line[at:], key)
		if found < 0 {
			return false
		}
		at += found
	}
	return true
}
