package parquetfile

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
	file, err := Open(bytes.NewReader(whole.Bytes()), int64(whole.Len()))
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
		if _, err := Open(bytes.NewReader(text), int64(len(text))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
}
