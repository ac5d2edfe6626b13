package badinput

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"
)

// texts are files of text that something is wrong with.
func texts() []Row {
	rows := []Row{
		{Name: "text empty", Code: 1, Make: named("empty.txt", "")},
		{Name: "text of spaces", Not: []string{"finetune predict", "finetune embed"}, Code: 1, Make: named("spaces.txt", " \n\t\n   \n")},
		{Name: "text with NUL bytes", Code: 1, Says: `nul\.txt|NUL`, Make: named("nul.txt", strings.Repeat("\x00", 4096))},
		{Name: "text in Latin-1", Code: 1, Says: `latin\.txt`, Make: named("latin.txt", strings.Repeat("caf\xe9 au lait\n", 50))},
		{Name: "text of broken UTF-8", Code: 1, Says: `broken\.txt`, Make: named("broken.txt", strings.Repeat("a word \xff\xfe\x80 and so on\n", 50))},
		{Name: "text in half a UTF-16", Not: []string{"finetune predict", "finetune embed"}, Code: 1, Says: `half\.txt`, Make: func(w *World) string {
			text := wide([]byte(stories()))
			return w.File("half.txt", string(text[:len(text)-1]))
		}},
		{Name: "text a program", Code: 1, Says: `program\.txt`, Make: func(w *World) string { return w.File("program.txt", noise(w, 1<<14)) }},
		{Name: "text null device", Code: 1, Make: func(*World) string { return "/dev/null" }},
		{Name: "JSON Lines broken", Code: 1, Says: `lines\.jsonl.*(line|object|row|record) 2|--google.*lines\.jsonl`, Make: named("in/lines.jsonl", `{"text": "a"}`+"\n"+`{"text": "b`+"\n")},
		{Name: "JSON Lines of numbers", Code: 1, Says: `lines\.jsonl`, Make: named("in/lines.jsonl", "1\n2\n3\n")},
		{Name: "JSON Lines of empty objects", Code: 1, Says: `lines\.jsonl`, Make: named("in/lines.jsonl", "{}\n{}\n")},
	}
	for share := 10; share < 100; share += 20 {
		rows = append(rows, Row{Name: fmt.Sprintf("gzip cut at %d %%", share), Code: 1, Says: `cut\.txt\.gz`, Make: func(w *World) string {
			packed := packed(strings.Repeat(stories(), 4))
			return w.File("cut.txt.gz", string(packed[:len(packed)*share/100]))
		}})
		rows = append(rows, Row{Name: fmt.Sprintf("Parquet cut at %d %%", share), Code: 1, Says: `cut\.parquet`, Make: func(w *World) string {
			return w.File("cut.parquet", "PAR1"+noise(w, 100*share))
		}})
	}
	for i := range rows {
		rows[i].Of = "text|texts"
	}
	return rows
}

func named(name, text string) func(w *World) string {
	return func(w *World) string { return w.File(name, text) }
}

func packed(text string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write([]byte(text))
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		panic(err)
	}
	return b.Bytes()
}

// noise is bytes without a sense, the same every time.
func noise(w *World, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(w.random.Uint32())
	}
	return string(b)
}
