package table

import (
	"io"

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
	Lines     Format = "text" // a text a line, for prediction
)

// Columns names the columns of each field of an example; an empty name is guessed. Columns of a file without a header are
// called 1, 2, ... A number names a column by its place in any delimited file.
type Columns struct {
	Text    string
	Pair    string
	Label   string   // for several labels in one cell see LabelSeparator
	Labels  []string // several labels: a column of 0 and 1 for each
	ID      string
	Words   string   // list, or separated by spaces
	Tags    string   // list, or separated by spaces
	Prompt  string   // choice: what all continuations follow
	Second  string   // choice: SWAG's sent2, which begins every continuation
	Choices []string // choice: a column each, or one column with a list
}

// Options say how to read a table.
type Options struct {
	Format         Format
	Separator      rune  // 0: comma for CSV, tab for TSV
	Header         *bool // nil: found out
	Columns        Columns
	LabelSeparator string // splits a cell into several labels; empty: a JSON list, or one label
	Field          string // JSON: the field that holds the list of rows; empty: found out ("data")
}

// Open opens a file of rows as examples of a kind.
func Open(path string, kind tasks.Kind, o Options) (*Reader, error) { return nil, nil }

// Read reads rows from in; name is used in messages.
func Read(name string, in io.Reader, kind tasks.Kind, o Options) (*Reader, error) { return nil, nil }

// Reader gives the rows of a table as examples. It is a tasks.Reader.
type Reader struct {
	notes []string
}

// Notes says what was guessed.
func (r *Reader) Notes() []string { return r.notes }

// Next returns the next example.
func (r *Reader) Next() (tasks.Example, error) { return tasks.Example{}, io.EOF }

// Close closes the file.
func (r *Reader) Close() error { return nil }
