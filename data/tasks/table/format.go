package table

import (
	"path/filepath"
	"strings"

	"gobert/data/tasks"
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
	for _, packed := range []string{".gz", ".zst", ".zstd"} {
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

// guess looks at the beginning of a text.
func guess(s *tasks.Source) Format {
	text := strings.TrimLeft(string(s.Head(4096)), " \t\r\n")
	line, _, _ := strings.Cut(text, "\n")
	switch {
	case strings.HasPrefix(text, "[") || strings.HasPrefix(text, "{"):
		return JSON
	case strings.Contains(line, "\t"):
		return TSV
	default:
		return Lines
	}
}
