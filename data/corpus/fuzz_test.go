package corpus

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzParse: no format panics on any block, and what comes out is text of the block.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		plainText, `{"text": "a\nb"}` + "\n", "<doc id=\"1\" title=\"A\">\nA\n\nB\n</doc>\n",
		`{"id":"1","url":"u","title":"A","text":"A\n\nB"}`, "\x00", "\xFF\n", "{\"text\":\"\\ud800\"}", "<doc ", "</doc>",
	} {
		for i := range Formats() {
			f.Add(i, []byte(seed))
		}
	}
	f.Fuzz(func(t *testing.T, format int, data []byte) {
		formats := Formats()
		b := block{data: data, info: Source{Format: formats[(format%len(formats)+len(formats))%len(formats)]}, last: true}
		if b.info.Format == Parquet || b.info.Format.isTable() {
			b.records = []int{len(data) / 2, len(data)}
		}
		o := ReadOptions{OnError: func(error) {}}
		lines := 0
		records, open := o.parse(b, visitor{
			text: func(line string) {
				if lines++; trim(line) != line || line == "" || !utf8.ValidString(line) {
					t.Errorf("got line %q", line)
				}
			},
			end: func() {},
			bad: func(record int, err error) bool {
				if record < 1 || record > strings.Count(string(data), "\n")+2 || err == nil {
					t.Errorf("fault at record %d: %v", record, err)
				}
				return true
			},
		})
		if open || records < 0 {
			t.Errorf("open %v after the last block, %d records", open, records)
		}
	})
}

// FuzzFile: whatever a file holds, reading it ends with documents or an error.
func FuzzFile(f *testing.F) {
	f.Add("a.txt", []byte(plainText))
	f.Add("a.gz", gzipped([]byte(plainText)))
	f.Add("a.zst", zstandard(f, []byte(plainText)))
	f.Add("a.txt", utf16Bytes(plainText, true))
	f.Add("a.parquet", parquetBytes(f, []row{{1, ptr("One"), "en"}, {2, nil, "en"}}, 1))
	f.Add("a.bz2", []byte("BZh91AY"))
	folder := f.TempDir()
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		extension := filepath.Ext(filepath.Base(name))
		if strings.ContainsAny(extension, "/\x00") || len(extension) > 20 {
			return
		}
		path := filepath.Join(folder, "file"+extension)
		if err := os.WriteFile(path, data, 0o644); err != nil {
			return // not a name for a file
		}
		documents, _, sources, err := readAll(t, ReadOptions{Paths: []string{path}}, position{})
		if err == nil && len(documents) > 0 && sources[0].Format == Auto {
			t.Errorf("read %q without knowing their format", documents)
		}
	})
}

// FuzzJSON holds the reader of objects against encoding/json, which must agree on what is valid.
func FuzzJSON(f *testing.F) {
	for _, seed := range []string{
		`{"text": "a"}`, `{"a": [1, {"text": "no"}], "text": "\u00e9\ud83d\ude00\n"}`, `{"text": "\ud800x"}`, `{"text": null}`, `{}`, ` {"text":"a"} `,
		`{"text": "a", "text": "b"}`, `{"te\u0078t": "a"}`, `{"text": 1}`, `{"text"`, `{"text": "\x"}`, `{"text": "a"}}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		got, err := jsonFields(line, []string{"text"})
		var want struct{ Text *string }
		var fields map[string]json.RawMessage
		if json.Unmarshal([]byte(line), &fields) != nil || !utf8.ValidString(line) {
			return // ours may take more, as it does not look into values nobody asked for
		}
		raw, there := fields["text"]
		if there {
			there = json.Unmarshal([]byte(`{"Text":`+string(raw)+`}`), &want) == nil
		}
		switch {
		case !there && err == nil:
			t.Errorf("got %q, want an error", got)
		case there && err != nil:
			t.Errorf("got %v, want %q", err, raw)
		case there && want.Text != nil && got[0] != *want.Text:
			t.Errorf("got %q, want %q", got[0], *want.Text)
		case there && want.Text == nil && got[0] != "":
			t.Errorf("got %q for null", got[0])
		}
	})
}

// FuzzManifest: a damaged manifest or journal is an error.
func FuzzManifest(f *testing.F) {
	f.Add([]byte(`{"gobert_corpus": 1, "shards": [{"name": "../x"}], "train": {"documents": 1}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		folder := t.TempDir()
		if err := os.WriteFile(filepath.Join(folder, ManifestName), text, 0o644); err != nil {
			t.Fatal(err)
		}
		if c, err := Open(folder); err == nil {
			t.Errorf("opened %+v without any shard", c.Manifest)
		}
	})
}
