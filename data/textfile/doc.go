// Package textfile opens files of text and tables, whatever they are packed with and written in: plain, gzip, zstandard or bzip2;
// UTF-8, or UTF-16 with a byte order mark. What is no text is an error that says what it is and what to do about it. Parquet
// files are opened here, too, because it takes care: what is damaged is an error, neither a panic of the library nor a demand for
// memory that the file cannot fill.
//
//	t, err := textfile.Open("notes.txt.gz")
//	defer t.Close()
//	line, err := t.ReadString('\n') // in UTF-8
//
// Errors do not name the file: whoever reads it says where it was. (Those of [Open] do that come from the system.)
//
// # Files
//
//   - textfile.go: Text, Open, New
//   - sniff.go: what is no text, and what encoding it may be in
//   - live.go: an input that is still being written
//   - python.go: lower case, words and white space as Python has them
//   - parquet.go, pages.go: Parquet files; the sizes of their pages
package textfile
