package textfile

import (
	"bytes"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
)

func TestOpen(t *testing.T) {
	var whole bytes.Buffer
	if err := parquet.Write(&whole, []struct{ Text string }{{"one"}, {"two"}}); err != nil {
		t.Fatal(err)
	}
	file, err := OpenParquet(bytes.NewReader(whole.Bytes()), int64(whole.Len()))
	if err != nil || file.NumRows() != 2 {
		t.Fatalf("%v, %v", file, err)
	}
	longFooter := bytes.Clone(whole.Bytes())
	copy(longFooter[len(longFooter)-8:], "\xff\xff\xff\xff")
	zeros := bytes.Clone(whole.Bytes())
	clear(zeros[4 : len(zeros)-8])
	for want, text := range map[string][]byte{
		"it has 3 bytes":        []byte("PAR"),
		"expected \"PAR1\"":     []byte("what is this file?"),
		"4294967295 bytes of":   longFooter,
		"Parquet file":          zeros,
		"hint: was it copied w": whole.Bytes()[:whole.Len()-20],
	} {
		if _, err := OpenParquet(bytes.NewReader(text), int64(len(text))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
}

// TestPagesThatDoNotFit damages the size in the header of the first page, which the library would make room for.
func TestPagesThatDoNotFit(t *testing.T) {
	var whole bytes.Buffer
	if err := parquet.Write(&whole, []struct{ Text string }{{strings.Repeat("word ", 300)}, {"two"}}); err != nil {
		t.Fatal(err)
	}
	file, err := OpenParquet(bytes.NewReader(whole.Bytes()), int64(whole.Len()))
	if err != nil {
		t.Fatal(err)
	}
	// A header is: field 1, the type; field 2, the unpacked size; field 3, the packed one; all zigzag varints behind a byte.
	at := int(file.Metadata().RowGroups[0].Columns[0].MetaData.DataPageOffset)
	header := whole.Bytes()[at : at+8]
	if header[0] != 0x15 || header[2] != 0x15 || header[5] != 0x15 {
		t.Fatalf("the header is % x", header)
	}
	damaged := bytes.Clone(whole.Bytes())
	copy(damaged[at+6:], "\xfe\x7f")
	_, err = OpenParquet(bytes.NewReader(damaged), int64(len(damaged)))
	if err == nil || !strings.Contains(err.Error(), `column "Text": a page of 8191 bytes, where the column has`) {
		t.Errorf("got %v", err)
	}
}
