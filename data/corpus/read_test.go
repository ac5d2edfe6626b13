package corpus

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"
)

// document is a list of lines or sentences.
type document []string

// readAll returns the documents that options name, from a position on, and the positions behind blocks.
func readAll(t testing.TB, o ReadOptions, from position) (documents []document, ends []position, sources []Source, err error) {
	t.Helper()
	if err := o.Validate(); err != nil {
		return nil, nil, nil, err
	}
	sources, err = expand(o.Paths)
	if err != nil {
		return nil, nil, nil, err
	}
	var open document
	end := func() {
		if len(open) > 0 {
			documents, open = append(documents, open), nil
		}
	}
	var read atomic.Int64
	o.readBlocks(context.Background(), sources, from, &read, func() []byte { return nil }, func(b block) bool {
		_, goesOn := o.parse(b, visitor{
			text: func(line string) {
				sentences(line, o.split(b.info.Format), func(s string) { open = append(open, strings.Clone(s)) })
			},
			end: end,
			bad: func(record int, fault error) bool {
				if err == nil {
					err = placed(b.info, int64(record), fault)
				}
				return o.OnError != nil
			},
		})
		if b.fault != nil && err == nil {
			err = placed(b.info, 0, b.fault)
		}
		if !goesOn {
			end()
			ends = append(ends, b.next)
		}
		return err == nil || o.OnError != nil
	})
	return documents, ends, sources, err
}

// file writes a file into a new folder.
func file(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func gzipped(content []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	w.Write(content)
	w.Close()
	return out.Bytes()
}

func zstandard(t testing.TB, content []byte) []byte {
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	return w.EncodeAll(content, nil)
}

func utf16Bytes(text string, bigEndian bool) []byte {
	var out []byte
	for _, unit := range utf16.Encode([]rune("\uFEFF" + text)) {
		if bigEndian {
			out = append(out, byte(unit>>8), byte(unit))
		} else {
			out = append(out, byte(unit), byte(unit>>8))
		}
	}
	return out
}

// row is a row of a Parquet file.
type row struct {
	ID   int64   `parquet:"id"`
	Text *string `parquet:"text,optional"`
	Lang string  `parquet:"lang"`
}

func parquetBytes(t testing.TB, rows []row, perGroup int) []byte {
	var out bytes.Buffer
	w := parquet.NewGenericWriter[row](&out, parquet.Compression(&parquet.Snappy))
	for chunk := range slices.Chunk(rows, perGroup) {
		if _, err := w.Write(chunk); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

const plainText = "The cat sat.\nIt slept.\n\n \t\nA dog barked.\r\nDr. Who left. She ran.\r\n\r\nThe end"

func plainDocuments() []document {
	return []document{{"The cat sat.", "It slept."}, {"A dog barked.", "Dr. Who left. She ran."}, {"The end"}}
}

func ptr[T any](v T) *T { return &v }

// TestFormats reads small files of every format, told by name and content.
func TestFormats(t *testing.T) {
	bz2, err := hex.DecodeString(bzipped)
	if err != nil {
		t.Fatal(err)
	}
	wiki := "<doc id=\"1\" url=\"u\" title=\"A &quot;B&quot;\">\nA \"B\"\n\nIt is &lt;b&gt;. It was.\n\nSecond one.\n</doc>\n" +
		"<doc id=\"2\" url=\"u\" title=\"C\">\nC\n\n</doc>\n\n<doc id=\"3\" url=\"u\" title=\"D\">\nD\n\nLast.</doc>\n"
	wikiDocuments := []document{{"It is <b>.", "It was.", "Second one."}, {"Last."}}
	for _, test := range []struct {
		name    string
		content []byte
		options ReadOptions
		format  Format
		want    []document
	}{
		{"a.txt", []byte(plainText), ReadOptions{}, Text, plainDocuments()},
		{"a.txt", []byte("\xEF\xBB\xBF" + plainText), ReadOptions{}, Text, plainDocuments()},
		{"a.txt.gz", gzipped([]byte(plainText)), ReadOptions{}, Text, plainDocuments()},
		{"a", zstandard(t, []byte("\xEF\xBB\xBF"+plainText)), ReadOptions{}, Text, plainDocuments()},
		{"a.bz2", bz2, ReadOptions{}, Text, []document{{"Hello there."}, {"Second."}}},
		{"a.txt", utf16Bytes(plainText, false), ReadOptions{}, Text, plainDocuments()},
		{"a.txt", utf16Bytes("Smile 😀.\n\nNext é", true), ReadOptions{}, Text, []document{{"Smile 😀."}, {"Next é"}}},
		{"a.gz", gzipped(utf16Bytes(plainText, true)), ReadOptions{}, Text, plainDocuments()},
		{
			"a.txt", []byte(plainText),
			ReadOptions{Split: ptr(true)},
			Text,
			[]document{{"The cat sat.", "It slept."}, {"A dog barked.", "Dr. Who left.", "She ran."}, {"The end"}},
		},
		{"a.txt", []byte("One. Two.\nThree\n\nFour"), ReadOptions{Format: Lines}, Lines, []document{{"One.", "Two."}, {"Three"}, {"Four"}}},
		{"a.txt", []byte("One. Two.\nThree"), ReadOptions{Format: Lines, Split: ptr(false)}, Lines, []document{{"One. Two."}, {"Three"}}},
		{
			"a.jsonl", []byte("{\"text\": \"One. Two.\\nThree \\u00e9\\ud83d\\ude00\", \"n\": [1, {\"a\": \"]\"}]}\n\n{\"x\":null, \"text\":null}\n{\"text\":\"Four\"}"),
			ReadOptions{},
			JSONL,
			[]document{{"One.", "Two.", "Three é😀"}, {"Four"}},
		},
		{"a", []byte("{\"body\": \"One\"}\n"), ReadOptions{Field: "body"}, JSONL, []document{{"One"}}},
		{"wiki_00", []byte(wiki), ReadOptions{}, Wiki, wikiDocuments},
		{"wiki_00.gz", gzipped([]byte(wiki)), ReadOptions{}, Wiki, wikiDocuments},
		{
			"wiki_00", []byte(`{"id": "1", "revid": "2", "url": "u", "title": "A", "text": "A\n\nIt is &lt;b&gt;. It was.\nSecond."}` + "\n"),
			ReadOptions{},
			WikiJSON,
			[]document{{"It is <b>.", "It was.", "Second."}},
		},
		{
			"a.parquet", parquetBytes(t, []row{{1, ptr("One. Two."), "en"}, {2, nil, "en"}, {3, ptr("Three\nfour"), "de"}}, 2),
			ReadOptions{},
			Parquet,
			[]document{{"One.", "Two."}, {"Three", "four"}},
		},
		{"a.csv", []byte("id,text,label\n1,\"One. \"\"Two\"\".\nThree\",x\n2,,y\n3,Four,x\n"), ReadOptions{}, CSV, []document{{"One.", "\"Two\".", "Three"}, {"Four"}}},
		{"a.csv.gz", gzipped([]byte("id;body\n1;One, two\n2;Three, four\n")), ReadOptions{Field: "body"}, CSV, []document{{"One, two"}, {"Three, four"}}},
		{"a.tsv", []byte("sentence\tlabel\n\"One\t1\nTwo\t0\n"), ReadOptions{}, TSV, []document{{"\"One"}, {"Two"}}},
		{"a.txt", []byte("id\ttext\n1\tOne\n2\tTwo\n"), ReadOptions{}, TSV, []document{{"One"}, {"Two"}}},
		{"a.txt", []byte("id\ttext\n1\tOne\n"), ReadOptions{Format: Lines, Split: ptr(false)}, Lines, []document{{"id\ttext"}, {"1\tOne"}}},
		{"a.parquet", parquetBytes(t, []row{{1, nil, "en"}, {2, nil, "de"}}, 1), ReadOptions{Field: "lang"}, Parquet, []document{{"en"}, {"de"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.options.Paths = []string{file(t, test.name, test.content)}
			got, _, sources, err := readAll(t, test.options, position{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("documents (-want +got):\n%s", diff)
			}
			if sources[0].Format != test.format {
				t.Errorf("got format %q, want %q", sources[0].Format, test.format)
			}
		})
	}
}

// bzipped is "Hello there.\n\nSecond.\n".
const bzipped = "425a683931415926535992dfa4f9000003578000104001004008000e4594002000220134c6a7a84000074617708e3d980d1d6307e2ee48a70a12125bf49f20"

func TestStandardInput(t *testing.T) {
	for _, content := range [][]byte{[]byte(plainText), gzipped([]byte(plainText))} {
		// A pipe gives a few bytes at a time.
		o := ReadOptions{Paths: []string{Stdin}, Stdin: iotest.OneByteReader(bytes.NewReader(content))}
		got, _, _, err := readAll(t, o, position{})
		if diff := cmp.Diff(plainDocuments(), got); diff != "" || err != nil {
			t.Errorf("%v\n%s", err, diff)
		}
	}
}

// TestPaths: folders are walked, hidden files left out, patterns expanded, in the order of names.
func TestPaths(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"b/2.txt", "b/1.txt", "a.txt", ".hidden", ".git/x.txt", "c.jsonl"} {
		os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o755)
		content := "Text of " + name
		if strings.HasSuffix(name, "jsonl") {
			content = `{"text": "Text of c"}`
		}
		os.WriteFile(filepath.Join(folder, name), []byte(content), 0o644)
	}
	for _, test := range []struct {
		paths []string
		want  string
	}{
		{[]string{folder}, "a.txt b/1.txt b/2.txt c"},
		{[]string{folder + "/*.txt", folder + "/c.jsonl"}, "a.txt c"},
		{[]string{folder + "/b", folder + "/?.txt"}, "b/1.txt b/2.txt a.txt"},
	} {
		got, _, _, err := readAll(t, ReadOptions{Paths: test.paths}, position{})
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, doc := range got {
			names = append(names, strings.TrimPrefix(doc[0], "Text of "))
		}
		if strings.Join(names, " ") != test.want {
			t.Errorf("%q: got %q, want %q", test.paths, names, test.want)
		}
	}
}

// TestReadFaults: each is one clear error that names file and place and says what to do.
func TestReadFaults(t *testing.T) {
	damaged := parquetBytes(t, []row{{1, ptr("One"), "en"}}, 1)
	for _, test := range []struct {
		name    string
		content []byte
		options ReadOptions
		want    []string
	}{
		{"empty.txt", nil, ReadOptions{}, []string{"empty.txt", "it is empty", "on-error skip"}},
		{"empty.gz", gzipped(nil), ReadOptions{}, []string{"empty.gz", "it is empty"}},
		{"cut.gz", gzipped(bytes.Repeat([]byte("text and more\n"), 9999))[:200], ReadOptions{}, []string{"cut.gz", "unpacking gzip", "whole"}},
		{"cut.zst", zstandard(t, bytes.Repeat([]byte("text and more\n"), 9999))[:30], ReadOptions{}, []string{"cut.zst", "unpacking zstd", "whole"}},
		{"a.pdf", []byte("%PDF-1.4"), ReadOptions{}, []string{"a.pdf", "PDF", "pdftotext"}},
		{"a.bin", []byte("abc\x00def"), ReadOptions{}, []string{"a.bin", "binary", "at 3"}},
		{"late.txt", append(bytes.Repeat([]byte("some text\n"), 9000), "a\x00b\n"...), ReadOptions{}, []string{"late.txt", "line 9001", "binary", "column 2"}},
		{"u16.txt", utf16Bytes("plain text", false)[2:], ReadOptions{}, []string{"UTF-16LE without a byte order mark", "iconv -f UTF-16LE"}},
		{"u16be.txt", utf16Bytes("plain text", true)[2:], ReadOptions{}, []string{"UTF-16BE without a byte order mark"}},
		{"u16cut.txt", utf16Bytes("plain text", true)[:9], ReadOptions{}, []string{"u16cut.txt", "middle of a character"}},
		{"u32.txt", []byte("\xFF\xFE\x00\x00a\x00\x00\x00"), ReadOptions{}, []string{"UTF-32", "iconv"}},
		{"latin.txt", []byte("one\ncaf\xE9 noir\n"), ReadOptions{}, []string{"latin.txt", "line 2", "0xe9 at column 4", "ISO-8859-1", "iconv"}},
		{"cp1252.txt", []byte("it\x92s"), ReadOptions{}, []string{"line 1", "WINDOWS-1252"}},
		{"sjis.txt", []byte("\x82\xB1\x82\xF1\x82\xC9\x82\xBF\x82\xCD"), ReadOptions{}, []string{"SHIFT_JIS"}},
		{"gbk.txt", []byte("\xC4\xE3\xBA\xC3\xA3\xAC\xCA\xC0\xBD\xE7"), ReadOptions{}, []string{"GB18030"}},
		{"f.jsonl", []byte("{\"text\":\"a\"}\n{\"body\":\"b\", \"n\": 1}\n"), ReadOptions{}, []string{"f.jsonl", "line 2", `no field "text"`, `"body" "n"`, "field"}},
		{"t.jsonl", []byte("{\"text\":[1]}\n"), ReadOptions{}, []string{"line 1", `field "text" is no string`}},
		{"j.jsonl", []byte("{\"text\":\"a\"\n"), ReadOptions{}, []string{"line 1", "no whole JSON"}},
		{"k.jsonl", []byte("{\"text\":\"a\"} x\n"), ReadOptions{}, []string{"line 1", "no JSON", "column 14"}},
		{"array.json", []byte("[{\"text\":\"a\"}]\n"), ReadOptions{}, []string{"line 1", "expected an object"}},
		{"w.txt", []byte("<doc id=\"1\" title=\"A\">\nA\n\nText\n"), ReadOptions{}, []string{"w.txt", "ends inside <doc"}},
		{"w.txt", []byte("<doc id=\"1\" title=\"A\">\n<doc id=\"2\">\n</doc>\n"), ReadOptions{}, []string{"line 2", "inside another"}},
		{"w.txt", []byte("outside\n"), ReadOptions{Format: Wiki}, []string{"line 1", "outside of <doc"}},
		{"c.csv", []byte("text,label\nOne,x\nTwo,y,z\n"), ReadOptions{}, []string{"c.csv: row 2: line 3: the row has 3 columns, expected 2"}},
		{"c.csv", []byte("a,b,class\nOne,x,y\n"), ReadOptions{}, []string{`c.csv: cannot tell which column has the text, the columns are "a", "b", "class" (hint: name it with text-column)`}},
		{"c.csv", []byte("text,label\nOne,x\n"), ReadOptions{Field: "body"}, []string{`c.csv: there is no column "body", the columns are "text", "label"`}},
		{"c.csv", []byte("text,text\nOne,x\n"), ReadOptions{}, []string{`c.csv: columns 1 and 2 are both called "text"`}},
		{"c.tsv", []byte("text\tlabel\nOne\tx\ncaf\xe9\tx\n"), ReadOptions{}, []string{"c.tsv: row 2: line 3: not UTF-8 (byte 0xe9 at column 4"}},
		{"p.parquet", damaged[:len(damaged)-20], ReadOptions{}, []string{"p.parquet", "Parquet"}},
		{"p.parquet", damaged, ReadOptions{Field: "body"}, []string{"p.parquet", `no column "body"`, `"id", "text", "lang"`}},
		{"p.parquet", damaged, ReadOptions{Format: Text}, []string{"a Parquet file", "format"}},
		{"t.txt", []byte("text"), ReadOptions{Format: Parquet}, []string{"no Parquet file", "format"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.options.Paths = []string{file(t, test.name, test.content)}
			_, _, _, err := readAll(t, test.options, position{})
			if err == nil {
				t.Fatal("got no error")
			}
			for _, part := range append(test.want, "corpus: reading ", "(hint: ") {
				if part != "(hint: " && !strings.Contains(err.Error(), part) {
					t.Errorf("got %q, want it to contain %q", err, part)
				}
			}
			// The same with other files around it: only it is skipped.
			test.options.Paths = []string{file(t, "a.txt", []byte("Before")), test.options.Paths[0], file(t, "b.txt", []byte("After"))}
			if test.options.Format != "" {
				return
			}
			test.options.OnError = func(error) {}
			got, _, _, _ := readAll(t, test.options, position{})
			if len(got) < 2 || got[0][0] != "Before" || got[len(got)-1][0] != "After" {
				t.Errorf("skipping: got %q, want the documents before and after", got)
			}
		})
	}
}

func TestPathFaults(t *testing.T) {
	folder := t.TempDir()
	for _, test := range []struct {
		paths []string
		want  string
	}{
		{nil, "no text given"},
		{[]string{folder + "/none.txt"}, "no such file"},
		{[]string{folder + "/*.txt"}, "no file matches"},
		{[]string{folder}, "holds no files"},
		{[]string{Stdin, Stdin}, "named twice"},
	} {
		_, _, _, err := readAll(t, ReadOptions{Paths: test.paths}, position{})
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: got %v, want it to say %q", test.paths, err, test.want)
		}
	}
	if _, _, _, err := readAll(t, ReadOptions{Paths: []string{"x"}, Format: "odd"}, position{}); err == nil {
		t.Error("an unknown format was taken")
	}
}

// long makes a text of several blocks, with lines and documents of very different lengths.
func long(rng *rand.Rand) (text string, want []document) {
	var b strings.Builder
	for b.Len() < 7*blockBytes {
		var doc document
		for range 1 + rng.IntN(40) {
			n := 1 + rng.IntN(300)
			if rng.IntN(2000) == 0 {
				n = blockBytes / 3 // a line longer than a block
			}
			line := strings.Repeat("wörd "[:1+rng.IntN(5)], n)
			line = strings.ToValidUTF8(strings.TrimSpace(line), "")
			if line == "" {
				line = "x"
			}
			doc = append(doc, line)
			b.WriteString(line + "\n")
		}
		want = append(want, doc)
		b.WriteString("\n")
	}
	return b.String(), want
}

// TestBlocks reads text of several blocks, and again from the end of each block on.
func TestBlocks(t *testing.T) {
	text, want := long(rand.New(rand.NewPCG(5, 6)))
	var jsonl, wiki, csv strings.Builder
	csv.WriteString("id,text\n")
	rows := []row{}
	for i, doc := range want {
		joined := strings.Join(doc, "\n")
		fmt.Fprintf(&jsonl, "{\"text\": %q}\n", joined)
		fmt.Fprintf(&wiki, "<doc id=\"1\" title=\"T\">\nT\n\n%s\n</doc>\n", joined)
		fmt.Fprintf(&csv, "%d,\"%s\"\n", i, strings.ReplaceAll(joined, `"`, `""`))
		rows = append(rows, row{int64(i), &joined, "x"})
	}
	for name, content := range map[string][]byte{
		"a.txt": []byte(text), "a.txt.gz": gzipped([]byte(text)), "u.txt": utf16Bytes(text, false), "b.txt": []byte("\xEF\xBB\xBF" + text),
		"a.jsonl": []byte(jsonl.String()), "wiki": []byte(wiki.String()), "a.parquet": parquetBytes(t, rows, 300),
		"a.csv": []byte(csv.String()), "a.csv.gz": gzipped([]byte(csv.String())),
	} {
		t.Run(name, func(t *testing.T) {
			o := ReadOptions{Paths: []string{file(t, name, content)}, Split: ptr(false)}
			got, ends, _, err := readAll(t, o, position{})
			if err != nil {
				t.Fatal(err)
			}
			if !slices.EqualFunc(got, want, func(a, b document) bool { return slices.Equal(a, b) }) {
				t.Fatalf("got %d documents, want %d, or other ones", len(got), len(want))
			}
			if len(ends) < 3 {
				t.Fatalf("got %d blocks, want several", len(ends))
			}
			for i, from := range ends[:len(ends)-1] {
				rest, restEnds, _, err := readAll(t, o, from)
				if err != nil {
					t.Fatal(err)
				}
				if !slices.EqualFunc(rest, want[len(want)-len(rest):], func(a, b document) bool { return slices.Equal(a, b) }) {
					t.Errorf("from block %d on: got other documents", i)
				}
				if !slices.Equal(restEnds, ends[i+1:]) {
					t.Errorf("from block %d on: blocks end at %v, want %v", i, restEnds, ends[i+1:])
				}
			}
		})
	}
}

// TestTexts hands out the same lines without their documents.
func TestTexts(t *testing.T) {
	path := file(t, "a.txt", []byte(plainText))
	r, err := Read(ReadOptions{Paths: []string{path, file(t, "b.jsonl", []byte(`{"text": "In\nlines"}`))}})
	if err != nil {
		t.Fatal(err)
	}
	var got []byte
	for text, err := range r.Texts(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, text...)
	}
	if want := "The cat sat.\nIt slept.\nA dog barked.\nDr. Who left. She ran.\nThe end\nIn\nlines\n"; string(got) != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if read, total := r.Progress(); read != total || total == 0 {
		t.Errorf("progress says %d of %d", read, total)
	}
	reason := errors.New("stop")
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(reason)
	for _, err := range r.Texts(ctx) {
		if !errors.Is(err, reason) {
			t.Errorf("got %v, want the cause", err)
		}
	}
}

// TestTextsLeftEarly: whoever stops listening because of the end of the context is not called again to be told of it.
func TestTextsLeftEarly(t *testing.T) {
	r, err := Read(ReadOptions{Paths: []string{file(t, "a.txt", []byte(plainText))}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for range r.Texts(ctx) {
		cancel()
		break
	}
	if ctx.Err() == nil {
		t.Error("there was no text")
	}
}
