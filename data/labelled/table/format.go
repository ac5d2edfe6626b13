package table

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gobert/data/textfile"
	"gobert/internal/disk"
)

// Format is a file format.
type Format string

// The formats.
const (
	Auto      Format = ""
	CSV       Format = "csv"
	TSV       Format = "tsv"
	JSON      Format = "json"
	JSONLines Format = "jsonl"
	Parquet   Format = "parquet"
	Lines     Format = "text"  // a text a line, for prediction
	Columned  Format = "conll" // no table: package conll reads it
)

// Extension is the format that a file's name promises; Auto where it promises none. Compression is looked through.
func Extension(path string) Format {
	name := strings.ToLower(filepath.Base(path))
	for _, packed := range []string{".gz", ".zst", ".zstd", ".bz2"} {
		name = strings.TrimSuffix(name, packed)
	}
	switch filepath.Ext(name) {
	case ".csv":
		return CSV
	case ".tsv", ".tab":
		return TSV
	case ".json":
		return JSON
	case ".jsonl", ".ndjson", ".jsonlines":
		return JSONLines
	case ".parquet":
		return Parquet
	case ".conll", ".conllu", ".iob", ".iob2", ".bio", ".bioes", ".annotated":
		return Columned
	}
	return Auto
}

// FormatOf is the format of a file: Parquet where it begins as one, whatever it is called, else what its name promises.
func FormatOf(path string) Format {
	if !disk.IsSpecial(path) { // a pipe is read once
		if f, err := os.Open(path); err == nil {
			defer f.Close()
			if textfile.IsParquet(f) {
				return Parquet
			}
		}
	}
	return Extension(path)
}

// guess looks at the beginning of a text. Where texts are expected, only what names its columns is a table.
func guess(s *textfile.Text, texts bool) Format {
	head := s.Head(headSize)
	text := strings.TrimLeft(string(head), " \t\r\n")
	line, _, _ := strings.Cut(text, "\n")
	if format, ok := Looks(head); ok {
		return format
	}
	switch {
	case texts:
		return Lines
	case strings.HasPrefix(text, "[") || strings.HasPrefix(text, "{"):
		return JSON
	case strings.Contains(line, "\t"):
		return TSV
	default:
		return Lines
	}
}

// longestName is how long the name of a column may be.
const longestName = 40

// Looks reports whether a text begins with the names of columns, one of which is a text's, and goes on with as many columns: then
// it is a table, whatever it is called.
func Looks(head []byte) (Format, bool) {
	line, _, _ := strings.Cut(strings.TrimLeft(string(head), "\ufeff\r\n"), "\n")
	line = strings.TrimRight(line, "\r")
	for _, separator := range "\t,;" {
		cells := strings.Split(line, string(separator))
		if len(cells) < 2 || !slices.ContainsFunc(cells, named) || slices.ContainsFunc(cells, unlike) {
			continue
		}
		counts := widths(string(head), byte(separator))
		if len(counts) < 2 || slices.ContainsFunc(counts, func(n int) bool { return n != len(cells) }) {
			continue
		}
		if separator == '\t' {
			return TSV, true
		}
		return CSV, true
	}
	return Auto, false
}

// named reports whether a cell is a name that columns of texts have.
func named(cell string) bool {
	cell = strings.ToLower(strings.Trim(cell, `" `))
	return slices.Contains(textNames, cell) || slices.Contains(pairNames, cell)
}

// unlike reports whether a cell is no name of a column: it is long, or has a blank in it.
func unlike(cell string) bool {
	cell = strings.Trim(cell, `" `)
	return cell == "" || len(cell) > longestName || strings.ContainsAny(cell, " .!?")
}
