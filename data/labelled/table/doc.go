// Package table reads rows with named columns, from CSV, TSV, JSON, JSON Lines and Parquet, and makes examples of them.
//
// Columns are named by [Columns], or guessed when they are obvious, and [Reader.Notes] says so. CSV follows
// RFC 4180; TSV has no quotes: a quotation mark is a character, as in GLUE's files.
//
// # Files
//
//   - format.go: Format, found from a name or from the first bytes
//   - row.go: a row, and its values as texts
//   - delimited.go, json.go, parquet.go, lines.go: a source of rows for each format
//   - separator.go: what parts the columns of a CSV file
//   - columns.go: Columns: which column is what, by flag or by name
//   - guess.go: which column is what, by shape
//   - reader.go: Options, Reader
//   - example.go: rows to examples
package table
