package table

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gobert/data/labelled"
	"gobert/internal/testkit"
)

// readAll reads examples from a text; faults of rows are collected.
func readAll(t *testing.T, name, content string, kind labelled.Kind, o Options) (all []labelled.Example, faults []string, notes []string) {
	t.Helper()
	if o.Format == Auto {
		o.Format = Extension(name)
	}
	r, err := Read(name, strings.NewReader(content), kind, o)
	if err != nil {
		return nil, []string{err.Error()}, nil
	}
	var skipped labelled.Skipped
	all, err = labelled.ReadAll(labelled.Skipping(r, &skipped))
	faults = testkit.Texts(append([]error{err}, skipped.Reasons...)...)
	return all, faults, testkit.Texts(r.Notes()...)
}

// short writes an example in one line.
func short(e labelled.Example) string {
	parts := []string{e.Text}
	if e.HasPair {
		parts = append(parts, e.Pair)
	}
	parts = append(parts, e.Words...)
	parts = append(parts, e.Choices...)
	if e.Labelled {
		parts = append(parts, "="+strings.Join(e.Labels, "+")+strings.Join(e.Tags, " "))
	}
	for _, a := range e.Answers {
		parts = append(parts, a.Text)
	}
	return strings.Join(parts, "|")
}

func shorts(all []labelled.Example) []string {
	var out []string
	for _, e := range all {
		out = append(out, short(e))
	}
	return out
}

func TestShapes(t *testing.T) {
	no := false
	for _, test := range []struct {
		name    string
		file    string
		kind    labelled.Kind
		options Options
		content string
		want    []string
	}{
		{"csv", "a.csv", labelled.Classify, Options{}, "text,label\none,x\n\"two, \"\"quoted\"\"\",y\r\n", []string{"one|=x", `two, "quoted"|=y`}},
		{"csv over lines", "a.csv", labelled.Classify, Options{}, "label,text\nx,\"one\n\ntwo\"\ny,three\n", []string{"one\n\ntwo|=x", "three|=y"}},
		{"csv with a quote inside", "a.csv", labelled.Classify, Options{}, "text,label\n6\" pipe,x\n", []string{`6" pipe|=x`}},
		{"csv with another separator", "a.csv", labelled.Classify, Options{Separator: ';'}, "text;label\na,b;x\n", []string{"a,b|=x"}},
		{"csv of a spreadsheet", "a.csv", labelled.Classify, Options{}, "text;label\nfirst, then second;x\n\"a;b\";y\n", []string{"first, then second|=x", "a;b|=y"}},
		{"csv of semicolons without header", "a.csv", labelled.Classify, Options{}, "one, two;x\nthree;y\nfour;x\nfive;x\nsix;y\nseven;y\n", []string{"one, two|=x", "three|=y", "four|=x", "five|=x", "six|=y", "seven|=y"}},
		{"csv of bars", "a.csv", labelled.Classify, Options{}, "text|label\na, b; c|x\n", []string{"a, b; c|=x"}},
		{"csv of tabs", "a.csv", labelled.Classify, Options{}, "text\tlabel\na, b\tx\n", []string{"a, b|=x"}},
		{"csv of one column with semicolons", "a.csv", labelled.Classify, Options{}, "text\none; two\nthree; four\n", []string{"one; two", "three; four"}},
		{"csv with lines in quotes", "a.csv", labelled.Classify, Options{}, "text,label\n\"a; \"\"b\"\"\n\nc; d\",x\ne,y\n", []string{"a; \"b\"\n\nc; d|=x", "e|=y"}},
		{"csv pair", "a.csv", labelled.Classify, Options{}, "sentence1,sentence2,score\na,b,1.5\n", []string{"a|b|=1.5"}},
		{"csv pair of questions", "a.csv", labelled.Classify, Options{}, "id,question,sentence,label\n7,a,b,x\n", []string{"a|b|=x"}},
		{"csv without header", "a.csv", labelled.Classify, Options{}, "one two,x\nthree four,y\nfive six,x\nseven eight,x\nnine ten,y\neleven,y\n", []string{"one two|=x", "three four|=y", "five six|=x", "seven eight|=x", "nine ten|=y", "eleven|=y"}},
		{"header denied", "a.csv", labelled.Classify, Options{Header: &no, Columns: Columns{Text: "1", Label: "2"}}, "text,label\na,b\n", []string{"text|=label", "a|=b"}},
		{"columns by number", "a.tsv", labelled.Classify, Options{Columns: Columns{Text: "4", Label: "2"}}, "g\t1\t\tone\ng\t0\t*\ttwo\n", []string{"one|=1", "two|=0"}},
		{"columns by name", "a.csv", labelled.Classify, Options{Columns: Columns{Text: "was", Label: "wie"}}, "wie,was\nx,one\n", []string{"one|=x"}},
		{"tsv quotes are characters", "a.tsv", labelled.Classify, Options{}, "sentence\tlabel\n\" open\t1\nsaid \"x\t0\n", []string{`" open|=1`, `said "x|=0`}},
		{"no label", "a.csv", labelled.Classify, Options{}, "id,text\n1,one\n", []string{"one"}},
		{"one column", "a.csv", labelled.Classify, Options{}, "text\none\ntwo\n", []string{"one", "two"}},
		{"lines", "a.txt", labelled.Classify, Options{Format: Lines}, "one, two\n\nthree\n", []string{"one, two", "", "three"}},
		{"a table called text", "a.txt", labelled.Classify, Options{Texts: true}, "id,text,label\n1,\"one, two\",x\n2,three,y\n", []string{"one, two|=x", "three|=y"}},
		{"tabs called text", "a.txt", labelled.Classify, Options{Texts: true}, "sentence\tstars\none\t5\n", []string{"one|=5"}},
		{"lines with commas", "a.txt", labelled.Classify, Options{Texts: true}, "text, it said\n[one]\n{\"a\": 1}\n", []string{"text, it said", "[one]", "{\"a\": 1}"}},
		{"pairs without names", "a.tsv", labelled.Classify, Options{Pairs: true}, "one\ttwo\nthree\tfour\n", []string{"one|two", "three|four"}},
		{"pairs of other names", "a.csv", labelled.Classify, Options{Pairs: true, Columns: Columns{Text: "left", Pair: "right"}}, "left,right,label\none,two,x\n", []string{"one|two|=x"}},
		{"several labels", "a.csv", labelled.Classify, Options{LabelSeparator: "|"}, "text,labels\none,x|y\ntwo,\nthree,y\n", []string{"one|=x+y", "two|=", "three|=y"}},
		{"hot columns", "a.csv", labelled.Classify, Options{Columns: Columns{Labels: []string{"x", "y"}}}, "text,x,y\none,1,0\ntwo,0,0\nthree,1,1\n", []string{"one|=x", "two|=", "three|=x+y"}},
		{"json lines", "a.jsonl", labelled.Classify, Options{}, "{\"text\": \"one\", \"label\": 1}\n\n{\"label\": true, \"text\": \"two\"}\n", []string{"one|=1", "two|=true"}},
		{"json lines called json", "a.json", labelled.Classify, Options{}, "{\"text\": \"one\", \"label\": [\"x\", \"y\"]}\n{\"text\": \"two\", \"label\": []}\n", []string{"one|=x+y", "two|="}},
		{"json list", "a.json", labelled.Classify, Options{}, "[\n {\"text\": \"one\", \"label\": 0.5},\n {\"text\": \"two\", \"label\": null}\n]", []string{"one|=0.5", "two"}},
		{"json field", "a.json", labelled.Classify, Options{}, "{\"version\": {\"a\": [1]}, \"n\": 3, \"rows\": [{\"text\": \"one\", \"label\": \"x\"}]}", []string{"one|=x"}},
		{"json field by name", "a.json", labelled.Classify, Options{Field: "b"}, "{\"a\": [{\"text\": \"no\"}], \"b\": [{\"text\": \"one\"}]}", []string{"one"}},
		{"words", "a.json", labelled.Tag, Options{}, "{\"words\": [\"a\", \"b\"], \"ner\": [\"O\", \"B-X\"]}\n", []string{"|a|b|=O B-X"}},
		{"words in csv", "a.csv", labelled.Tag, Options{}, "tokens,tags\na b,O O\n", []string{"|a|b|=O O"}},
		{"text to tag", "a.jsonl", labelled.Tag, Options{}, "{\"text\": \"a b\"}\n", []string{"a b"}},
		{"long json lines called json", "a.json", labelled.Tag, Options{}, "{\"tokens\": [\"" + strings.Repeat("x", 70_000) + "\"], \"tags\": [\"O\"]}\n{\"tokens\": [\"a\"], \"tags\": [\"O\"]}\n", []string{"|" + strings.Repeat("x", 70_000) + "|=O", "|a|=O"}},
		{"swag", "a.csv", labelled.Choice, Options{}, "video-id,sent1,sent2,ending0,ending1,label\nv,He sat.,Then he,stood.,slept.,1\n", []string{"He sat.|Then he stood.|Then he slept.|=1"}},
		{"codah", "a.tsv", labelled.Choice, Options{}, "o\tI am\ta\tb\tc\td\t3\nq\tWe\ta\tb\tc\td\t0\n", []string{"I am|a|b|c|d|=3", "We|a|b|c|d|=0"}},
		{"list of choices", "a.jsonl", labelled.Choice, Options{}, "{\"prompt\": \"p\", \"choices\": [\"a\", \"b\", \"c\"], \"label\": 2}\n", []string{"p|a|b|c|=2"}},
		{"choices without label", "a.jsonl", labelled.Choice, Options{}, "{\"prompt\": \"p\", \"choices\": [\"a\", \"b\"], \"label\": -1}\n", []string{"p|a|b"}},
		{"flat squad", "a.json", labelled.Span, Options{}, "{\"data\": [{\"id\": \"1\", \"question\": \"q?\", \"context\": \"a b\", \"answers\": {\"text\": [\"b\"], \"answer_start\": [2]}}, {\"question\": \"r?\", \"context\": \"a b\", \"answers\": {\"text\": [], \"answer_start\": []}}]}", []string{"q?|a b|=|b", "r?|a b|="}},
		{"utf-16", "a.csv", labelled.Classify, Options{}, "\xff\xfet\x00e\x00x\x00t\x00,\x00l\x00a\x00b\x00e\x00l\x00\n\x00\xe9\x00,\x00x\x00\n\x00", []string{"é|=x"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			all, faults, notes := readAll(t, test.file, test.content, test.kind, test.options)
			if len(faults) > 0 {
				t.Fatal(faults)
			}
			if diff := cmp.Diff(test.want, shorts(all)); diff != "" {
				t.Errorf("%s\nnotes %q", diff, notes)
			}
		})
	}
}

func TestFaults(t *testing.T) {
	for _, test := range []struct {
		name    string
		file    string
		kind    labelled.Kind
		options Options
		content string
		want    string // the fault
		kept    int    // examples beside it
	}{
		{"too many columns", "a.csv", labelled.Classify, Options{}, "text,label\na,x\nb,c,y\nd,x\n", "a.csv: line 3: the row has 3 columns, expected 2 as in the first row (hint: a field that contains", 2},
		{"too few columns", "a.tsv", labelled.Classify, Options{}, "text\tlabel\na\n\nd\tx\n", "a.tsv: line 2: the row has 1 columns, expected 2", 1},
		{"quote never closed", "a.csv", labelled.Classify, Options{}, "text,label\na,x\n\"b,y\nc,x\nd,y\n", "a.csv: line 3: the quotation mark that opens column 1 is never closed (hint: ", 3},
		{"text behind a quote", "a.csv", labelled.Classify, Options{}, "text,label\n\"a\" b,x\nc,y\n", `a.csv: line 2: column 1 goes on with " b,x" behind its closing quotation mark`, 1},
		{"empty text", "a.csv", labelled.Classify, Options{}, "text,label\n  ,x\nc,y\n", `a.csv: line 2: column "text" is empty, expected a text (hint: `, 1},
		{"no such column", "a.csv", labelled.Classify, Options{Columns: Columns{Text: "body"}}, "text,label\na,x\n", `a.csv: there is no column "body", the columns are "text", "label" (hint: `, 0},
		{"no text column", "a.csv", labelled.Classify, Options{}, "alpha,beta,class\na,b,x\n", `cannot tell which column has the text, the columns are "alpha", "beta", "class" (hint: name it with text-column)`, 0},
		{"no second text", "a.csv", labelled.Classify, Options{Pairs: true}, "text,class\na,x\n", `cannot tell which column has the second text, the columns are "text", "class" (hint: name it with pair-column)`, 0},
		{"three columns for pairs", "a.csv", labelled.Classify, Options{Pairs: true}, "a,b,c\n1,2,3\n", `cannot tell which column has the two texts`, 0},
		{"empty file", "a.csv", labelled.Classify, Options{}, "", "a.csv: it is empty", 0},
		{"header alone", "a.csv", labelled.Classify, Options{}, "text,label\n", "a.csv: the file has no rows", 0},
		{"blank lines alone", "a.csv", labelled.Classify, Options{}, "\n\n\n", "the file has no rows", 0},
		{"binary", "a.csv", labelled.Classify, Options{}, "\x7fELF\x01\x00\x00\x00\x02", "it is a program", 0},
		{"latin-1", "a.csv", labelled.Classify, Options{}, "text,label\ncaf\xe9,x\nb,y\n", "a.csv: line 2: not UTF-8 (byte 0xe9 at column 4; it looks like ISO-8859-1) (hint: ", 1},
		{"json cut short", "a.json", labelled.Classify, Options{}, "[{\"text\": \"a\", \"label\": 1}, {\"text\": ", "the file ends inside a list: it is cut short", 0},
		{"json list never closed", "a.json", labelled.Classify, Options{}, "[{\"text\": \"a\"}\n", "cut short", 0},
		{"json line broken", "a.jsonl", labelled.Classify, Options{}, "{\"text\": \"a\", \"label\": 1}\n{\"text\": \"b\"\n{\"text\": \"c\", \"label\": 2}\n", "a.jsonl: line 2: no valid JSON", 2},
		{"json no object", "a.jsonl", labelled.Classify, Options{}, "{\"text\": \"a\", \"label\": 1}\n[1]\n", "a.jsonl: line 2: expected a JSON object", 1},
		{"json two objects a line", "a.jsonl", labelled.Classify, Options{}, "{\"text\": \"a\"} {\"text\": \"b\"}\n{\"text\": \"c\"}\n", "line 1: {\"text\": \"b\"} follows the object", 1},
		{"json line of a list", "a.json", labelled.Classify, Options{}, "[\n{\"text\": \"a\"},\n7\n]", "a.json: line 3: expected a JSON object", 1},
		{"json without a list", "a.json", labelled.Classify, Options{Format: JSON}, "{\n\"a\": 1\n}", "no field holds a list of objects (hint: name it with field)", 0},
		{"json without the field", "a.json", labelled.Classify, Options{Field: "rows"}, "{\"a\": [1]}", `there is no field "rows"`, 0},
		{"json text is a number list", "a.jsonl", labelled.Classify, Options{}, "{\"text\": [1, 2], \"label\": \"x\"}\n{\"text\": \"a\", \"label\": \"x\"}\n", `line 1: column "text" has a list of 2, expected a text`, 1},
		{"json label is an object", "a.jsonl", labelled.Classify, Options{}, "{\"text\": \"a\", \"label\": {}}\n{\"text\": \"b\", \"label\": 1}\n", `column "label" has an object, expected a label`, 1},
		{"column missing in a row", "a.jsonl", labelled.Classify, Options{}, "{\"text\": \"a\", \"label\": 1}\n{\"label\": 1}\n", `line 2: column "text" is missing`, 1},
		{"tags do not match words", "a.jsonl", labelled.Tag, Options{}, "{\"tokens\": [\"a\", \"b\"], \"tags\": [\"O\"]}\n{\"tokens\": [\"a\"], \"tags\": [\"O\"]}\n", "a.jsonl: line 1: 1 tags for 2 words, expected one for each (hint: ", 1},
		{"no words", "a.jsonl", labelled.Tag, Options{}, "{\"tokens\": [], \"tags\": []}\n{\"tokens\": [\"a\"], \"tags\": [\"O\"]}\n", `column "tokens" has a list of 0, expected a list of words`, 1},
		{"hot column", "a.csv", labelled.Classify, Options{Columns: Columns{Labels: []string{"x"}}}, "text,x\na,2\nb,1\n", `column "x" has "2", expected 0 or 1`, 1},
		{"choice out of range", "a.csv", labelled.Choice, Options{}, "prompt,ending0,ending1,label\np,a,b,2\np,a,b,1\n", `the right choice is "2", expected a number from 0 to 1`, 1},
		{"other number of choices", "a.jsonl", labelled.Choice, Options{}, "{\"prompt\": \"p\", \"choices\": [\"a\", \"b\"]}\n{\"prompt\": \"p\", \"choices\": [\"a\"]}\n", "line 2: the example has 1 choices, expected 2", 1},
		{"no choices", "a.csv", labelled.Choice, Options{}, "prompt,label\np,1\n", "cannot tell which column has the choices", 0},
		{"answer not there", "a.jsonl", labelled.Span, Options{}, "{\"question\": \"q\", \"context\": \"a b\", \"answers\": {\"text\": [\"b\"], \"answer_start\": [0]}}\n", `the answer "b" is not where the file says`, 0},
		{"lines for choices", "a.txt", labelled.Choice, Options{}, "one\ntwo\n", "a line of text is no example of choice", 0},
		{"unknown format", "a.csv", labelled.Classify, Options{Format: "xml"}, "a\n", `unknown format "xml"`, 0},
		{"separator", "a.csv", labelled.Classify, Options{Separator: '→'}, "a\n", "expected an ASCII character", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			all, faults, _ := readAll(t, test.file, test.content, test.kind, test.options)
			if len(faults) != 1 || !strings.Contains(faults[0], test.want) {
				t.Errorf("got faults %q, want one with %q", faults, test.want)
			}
			if len(all) != test.kept {
				t.Errorf("%d examples kept, want %d: %q", len(all), test.kept, shorts(all))
			}
		})
	}
}

func TestOrigins(t *testing.T) {
	for _, test := range []struct {
		file, content string
		want          []labelled.Origin
	}{
		{"a.csv", "text,label\n\"a\nb\",x\n\nc,y\n", []labelled.Origin{{File: "a.csv", Line: 2, Record: 1}, {File: "a.csv", Line: 5, Record: 2}}},
		{"a.json", "[\n\n{\"text\": \"a\"},\n{\n\"text\": \"b\"}\n]", []labelled.Origin{{File: "a.json", Line: 3, Record: 1}, {File: "a.json", Line: 4, Record: 2}}},
		{"a.jsonl", "\n{\"text\": \"a\"}\n\n{\"text\": \"b\"}", []labelled.Origin{{File: "a.jsonl", Line: 2, Record: 1}, {File: "a.jsonl", Line: 4, Record: 2}}},
	} {
		all, faults, _ := readAll(t, test.file, test.content, labelled.Classify, Options{})
		var got []labelled.Origin
		for _, e := range all {
			got = append(got, e.Origin)
		}
		if diff := cmp.Diff(test.want, got); diff != "" || len(faults) > 0 {
			t.Errorf("%s: %v %s", test.file, faults, diff)
		}
	}
}

func TestNotesSayWhatWasGuessed(t *testing.T) {
	_, _, notes := readAll(t, "a.csv", "id,review,stars\n1,a,5\n", labelled.Classify, Options{})
	if diff := cmp.Diff([]string{`a.csv: column "review" taken as the text`, `a.csv: column "stars" taken as the label`}, notes); diff != "" {
		t.Error(diff)
	}
}

// FuzzDelimited reads any text as CSV and TSV: whatever it is, each row is an example or a fault of its line.
func FuzzDelimited(f *testing.F) {
	for _, s := range []string{"text,label\na,x\n", "text;label\n\"a;b\";x\n", "\"a\"\"b\",x\n\"c", "a\tb\n\n", "\xff,\n", "text,text\na,b\n", "\"\n\n\",\"\"\r\n"} {
		f.Add(s, byte(0), false, false)
		f.Add(s, byte(';'), true, true)
	}
	f.Fuzz(func(t *testing.T, content string, separator byte, tabs, pairs bool) {
		o := Options{Format: CSV, Separator: rune(separator % 128), Pairs: pairs, AllowEmpty: true}
		if tabs {
			o.Format = TSV
		}
		r, err := Read("a.csv", strings.NewReader(content), labelled.Classify, o)
		if err != nil {
			if !strings.Contains(err.Error(), "a.csv") {
				t.Fatalf("%v does not name the file", err)
			}
			return
		}
		defer r.Close()
		last := 0
		for {
			e, err := r.Next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				if !labelled.IsRow(err) || !strings.Contains(err.Error(), "a.csv: line ") {
					t.Fatalf("%v is no fault of a line", err)
				}
				continue
			}
			if e.Origin.Line <= last {
				t.Fatalf("line %d follows line %d", e.Origin.Line, last)
			}
			last = e.Origin.Line
		}
	})
}
