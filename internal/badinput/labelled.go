package badinput

import (
	"fmt"
	"strings"
)

// labelled are data to train on and to measure with.
func labelled() []Row {
	good := opinions(20)
	rows := []Row{
		{Name: "table empty", Code: 1, Says: `t\.csv`, Make: named("t.csv", "")},
		{Name: "table of a header", Code: 1, Says: `t\.csv`, Make: named("t.csv", "text,label\n")},
		{Name: "table with a row too short", Code: 1, Says: `t\.csv.* 22`, Make: named("t.csv", good+"only a text\n")},
		{Name: "table with a row too long", Code: 1, Says: `t\.csv.* 22`, Make: named("t.csv", good+"a text,pos,more\n")},
		{Name: "table with an open quote", Code: 1, Says: `t\.csv.* 22`, Make: named("t.csv", good+"\"a text,pos\n")},
		{Name: "table with a stray quote", Code: 1, Says: `t\.csv.* 22`, Make: named("t.csv", good+"\"a\"b,pos\n")},
		{Name: "table without a label in a row", Code: 1, Says: `t\.csv.* 22`, Make: named("t.csv", good+"a text,\n")},
		{Name: "table without a text in a row", Code: 1, Says: `t\.csv.* 22`, Make: named("t.csv", good+",pos\n")},
		{Name: "table with NUL bytes", Code: 1, Says: `t\.csv`, Make: named("t.csv", good+"a \x00 text,pos\n")},
		{Name: "table in Latin-1", Code: 1, Says: `t\.csv.* 22`, Make: named("t.csv", good+"caf\xe9,pos\n")},
		{Name: "table with a column twice", Code: 1, Says: `t\.csv.*label`, Make: named("t.csv", strings.Replace(strings.ReplaceAll(good, "\n", ",pos\n"), "text,label,pos", "text,label,label", 1))},
		{Name: "table of noise", Code: 1, Says: `t\.csv`, Make: func(w *World) string { return w.File("t.csv", noise(w, 1<<13)) }},
		{Name: "table of zeros", Code: 1, Says: `t\.csv`, Make: named("t.csv", strings.Repeat("\x00", 4096))},
		{Name: "table that is a web page", Code: 1, Says: `t\.csv`, Make: named("t.csv", "<!DOCTYPE html>\n<html><body>not found, sorry</body></html>\n")},
		{Name: "table named .parquet", Code: 1, Says: `t\.parquet`, Make: named("t.parquet", good)},
		{Name: "table named .json", Code: 1, Says: `t\.json`, Make: named("t.json", good)},
		{Name: "JSON of a number", Code: 1, Says: `t\.json`, Make: named("t.json", "7")},
		{Name: "JSON of null", Code: 1, Says: `t\.json`, Make: named("t.json", "null")},
		{Name: "JSON of an empty list", Code: 1, Says: `t\.json`, Make: named("t.json", "[]")},
		{Name: "JSON nested deeply", Code: 1, Says: `t\.json`, Make: named("t.json", strings.Repeat("[", 20000))},
		{Name: "JSON of texts that are lists", Code: 1, Says: `t\.json`, Make: named("t.json", `[{"text": ["a"], "label": "pos"}, {"text": "b", "label": "neg"}]`)},
		{Name: "JSON with text behind it", Code: 1, Says: `t\.json`, Make: named("t.json", `[{"text": "a", "label": "pos"}, {"text": "b", "label": "neg"}] and more`)},
		{Name: "JSON Lines with a broken one", Code: 1, Says: `t\.jsonl.* 2`, Make: named("t.jsonl", `{"text": "a", "label": "pos"}`+"\n"+`{"text": "b", "lab`+"\n")},
		{Name: "JSON Lines of lists", Code: 1, Says: `t\.jsonl.* 1`, Make: named("t.jsonl", "[1]\n[2]\n")},
		{Name: "folder without parts", Code: 2, Says: `parts`, Make: func(w *World) string {
			w.File("parts/readme.md", "nothing")
			return w.Dir + "/parts"
		}},
	}
	for i := range rows {
		rows[i].Of = "labelled"
	}
	for share := 5; share < 100; share += 10 {
		rows = append(rows, Row{Name: fmt.Sprintf("questions cut at %d %%", share), Of: "questions", Code: 1, Says: `q\.json`, Make: func(w *World) string {
			return w.File("q.json", string(cut(share)([]byte(questions(6)))))
		}})
		rows = append(rows, Row{Name: fmt.Sprintf("gzip of a table cut at %d %%", share), Of: "labelled", Code: 1, Says: `t\.csv\.gz`, Make: func(w *World) string {
			return w.File("t.csv.gz", string(cut(share)(packed(opinions(500)))))
		}})
	}
	for name, text := range map[string]string{
		"without data":            `{"version": "1.1"}`,
		"with data of text":       `{"data": "many"}`,
		"of nothing":              `{"data": []}`,
		"without a context":       `{"data": [{"paragraphs": [{"qas": [{"id": "1", "question": "who?", "answers": [{"text": "Bob", "answer_start": 0}]}]}]}]}`,
		"without a question":      `{"data": [{"paragraphs": [{"context": "Bob", "qas": [{"id": "1", "answers": [{"text": "Bob", "answer_start": 0}]}]}]}]}`,
		"whose answer is missing": `{"data": [{"paragraphs": [{"context": "Bob", "qas": [{"id": "1", "question": "who?", "answers": [{"text": "Ann", "answer_start": 0}]}]}]}]}`,
		"whose answer is outside": `{"data": [{"paragraphs": [{"context": "Bob", "qas": [{"id": "1", "question": "who?", "answers": [{"text": "Bob", "answer_start": 99}]}]}]}]}`,
		"whose start is negative": `{"data": [{"paragraphs": [{"context": "Bob", "qas": [{"id": "1", "question": "who?", "answers": [{"text": "Bob", "answer_start": -1}]}]}]}]}`,
		"whose start is a text":   `{"data": [{"paragraphs": [{"context": "Bob", "qas": [{"id": "1", "question": "who?", "answers": [{"text": "Bob", "answer_start": "0"}]}]}]}]}`,
	} {
		rows = append(rows, Row{Name: "questions " + name, Of: "questions", Code: 1, Says: `q\.json`, Make: named("q.json", text)})
	}
	for name, text := range map[string]string{
		"empty":                 "",
		"without tags":          "Bob\nlives\n\nAnn\nwent\n\n",
		"with a line too short": "Bob B-PER\nlives\n\nAnn B-PER\n\n",
		"in Latin-1":            "Ren\xe9 B-PER\nlives O\n\n",
		"of zeros":              strings.Repeat("\x00", 512),
	} {
		rows = append(rows, Row{Name: "tagged " + name, Of: "tagged", Code: 1, Says: `c\.conll`, Make: named("c.conll", text)})
	}
	return rows
}
