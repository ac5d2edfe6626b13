package dataset

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gobert/data/labelled"
	"gobert/data/labelled/conll"
	"gobert/data/labelled/table"
)

// files writes a folder: a name and a content each.
func files(t *testing.T, pairs ...string) string {
	t.Helper()
	folder := t.TempDir()
	for i := 0; i < len(pairs); i += 2 {
		if err := os.WriteFile(filepath.Join(folder, pairs[i]), []byte(pairs[i+1]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// summary describes a data set in one line.
func summary(d *Dataset) string {
	var parts []string
	for _, p := range d.parts() {
		parts = append(parts, fmt.Sprintf("%s %d", p.Name, len(p.Examples)))
	}
	if d.Labels != nil {
		parts = append(parts, string(d.Labels.Problem), strings.Join(d.Labels.Names, " "))
	}
	return strings.Join(parts, ", ")
}

const small = "text,label\na,x\nb,y\nc,x\nd,y\n"

// identifiers are labels that are names of rows.
func identifiers() (names []string) {
	for i := range 200 {
		names = append(names, fmt.Sprintf("row-%03d", i))
	}
	return names
}

func identified() string {
	var rows strings.Builder
	for i, name := range identifiers() {
		fmt.Fprintf(&rows, "text %d,%s\n", i, name)
	}
	return rows.String()
}

func TestOpen(t *testing.T) {
	folder := files(t, "train.csv", small, "dev.csv", "text,label\ne,x\n", "test.csv", "text\nf\n", "README.md", "no data")
	for _, test := range []struct {
		name   string
		source Source
		want   string
		notes  []string
	}{
		{"a folder", Source{Task: "classify", Data: []string{folder}}, "train 4, dev 1, test 1, single_label_classification, x y", []string{"no labels: it can be predicted", "warning: the labels of train and dev differ: only in train: y", `column "text" taken as the text`}},
		{"files by name", Source{Task: "classify", Data: []string{filepath.Join(folder, "dev.csv"), filepath.Join(folder, "train.csv")}}, "train 4, dev 1, single_label_classification, x y", nil},
		{"files by order", Source{Task: "classify", Data: []string{filepath.Join(files(t, "one.csv", small, "two.csv", small), "one.csv"), filepath.Join(files(t, "two.csv", small), "two.csv")}}, "train 4, dev 4, single_label_classification, x y", []string{"warning: 4 of 4 examples of dev are in train too (0 with another label)"}},
		{"no dev", Source{Task: "classify", Train: filepath.Join(folder, "train.csv"), DevShare: 0.5}, "train 2, dev 2, single_label_classification, x y", []string{"no dev data: 2 of 4 examples"}},
		{"no dev wanted", Source{Task: "classify", Train: filepath.Join(folder, "train.csv"), DevShare: -1}, "train 4, single_label_classification, x y", nil},
		{"one file of a folder", Source{Task: "classify", Data: []string{files(t, "reviews.csv", small)}, DevShare: -1}, "train 4, single_label_classification, x y", nil},
		{"labels given", Source{Task: "classify", Dev: filepath.Join(folder, "dev.csv"), Labels: []string{"y", "x"}}, "dev 1, single_label_classification, y x", nil},
		{"labels listed", Source{Task: "classify", Data: []string{files(t, "train.csv", small, "labels.txt", "y\nx\nz\n")}, DevShare: -1}, "train 4, single_label_classification, y x z", []string{"labels in the order of this file"}},
		{"labels listed in part", Source{Task: "classify", Data: []string{files(t, "train.csv", small, "labels.txt", "y\n")}, DevShare: -1}, "train 4, single_label_classification, x y", []string{`it lacks the label "x" and is not used`}},
		{"regression", Source{Task: "classify", Data: []string{files(t, "train.csv", "text,score\na,1.5\nb,2\n")}, DevShare: -1}, "train 2, regression, LABEL_0", nil},
		{"whole numbers", Source{Task: "classify", Data: []string{files(t, "train.csv", "text,stars\na,10\nb,9\n")}, DevShare: -1}, "train 2, single_label_classification, 9 10", nil},
		{"whole numbers as regression", Source{Task: "classify", Data: []string{files(t, "train.csv", "text,stars\na,10\nb,9\n")}, DevShare: -1, Problem: labelled.Regression}, "train 2, regression, LABEL_0", nil},
		{"several labels", Source{Task: "classify", Data: []string{files(t, "train.jsonl", "{\"text\": \"a\", \"labels\": [\"x\", \"y\"]}\n{\"text\": \"b\", \"labels\": []}\n")}, DevShare: -1}, "train 2, multi_label_classification, x y", nil},
		{"hot columns", Source{Task: "classify", Data: []string{files(t, "train.csv", "text,y,x\na,1,0\nb,0,1\n")}, Table: table.Options{Columns: table.Columns{Labels: []string{"y", "x"}}}, DevShare: -1}, "train 2, multi_label_classification, y x", nil},
		{"tags turned", Source{Task: "ner", Data: []string{files(t, "train.conll", "a I-X\nb I-X\nc B-X\n\nd O\n", "dev.conll", "e I-X\n")}}, "train 2, dev 1, single_label_classification, B-X I-X O", []string{"tags turned from iob1 into iob2"}},
		{"tags turned on request", Source{Task: "tag", Data: []string{files(t, "train.txt", "a B-X\nb I-X\n\nd O\n")}, Scheme: conll.IOBES, DevShare: -1}, "train 2, single_label_classification, B-X E-X O", []string{"tags turned from iob2 into iobes"}},
		{"invalid transitions", Source{Task: "tag", Data: []string{files(t, "train.txt", "a B-X\nb I-Y\n\nc B-Y\nd I-Y\n")}, DevShare: -1}, "train 2, single_label_classification, B-X B-Y I-Y", []string{"tags that may not stand where they do in iob2: 1", "word 2: I-Y may not follow B-X"}},
		{"parts of speech", Source{Task: "pos", Data: []string{files(t, "train.tsv", "a\tDT\nb\tNN\n")}, DevShare: -1}, "train 1, single_label_classification, DT NN", nil},
		{"glue", Source{Task: "rte", Data: []string{files(t, "train.tsv", "index\tsentence1\tsentence2\tlabel\n0\ta\tb\tentailment\n", "dev.tsv", "index\tsentence1\tsentence2\tlabel\n0\tc\td\tentailment\n")}}, "train 1, dev 1, single_label_classification, entailment not_entailment", nil},
		{"mnli has two", Source{Task: "mnli", Data: []string{files(t, "dev_matched.tsv", "sentence1\tsentence2\tgold_label\na\tb\tneutral\n", "dev_mismatched.tsv", "sentence1\tsentence2\tgold_label\na\tb\tneutral\n")}}, "dev 1, dev-mismatched 1, single_label_classification, entailment neutral contradiction", nil},
		{"choices", Source{Task: "swag", Data: []string{files(t, "train.jsonl", "{\"prompt\": \"p\", \"choices\": [\"a\", \"b\", \"c\"], \"label\": 2}\n")}}, "train 1, single_label_classification, 0 1 2", []string{"too few examples to split"}},
		{"labels in two cases", Source{Task: "classify", Data: []string{files(t, "train.csv", "text,label\na,pos\nb,neg\nc,Pos\nd,neg\n")}, DevShare: -1}, "train 4, single_label_classification, Pos neg pos", []string{`warning: labels that differ in case, blanks or Unicode's form alone: "Pos" and "pos"`}},
		{"labels in two forms", Source{Task: "classify", Data: []string{files(t, "train.csv", "text,label\na,caf\u00e9\nb,neg\nc,cafe\u0301\nd,neg\n")}, DevShare: -1}, "train 4, single_label_classification, cafe\u0301 caf\u00e9 neg", []string{`warning: labels that differ in case, blanks or Unicode's form alone: "cafe\u0301" and "café"`}},
		{"ids as labels", Source{Task: "classify", Data: []string{files(t, "train.csv", "text,label\n"+identified())}, DevShare: -1}, "train 200, single_label_classification, " + strings.Join(identifiers(), " "), []string{"train.csv: 200 labels in 200 examples, 200 of them once"}},
		{"a spreadsheet", Source{Task: "classify", Data: []string{files(t, "train.csv", strings.ReplaceAll(small, ",", ";"))}, DevShare: -1}, "train 4, single_label_classification, x y", []string{"columns parted by ';'"}},
		{"rows skipped", Source{Task: "classify", Data: []string{files(t, "train.csv", small+"bad\n,x\ng,\n")}, OnError: labelled.Skip, DevShare: -1}, "train 4, single_label_classification, x y", []string{"2 rows skipped", "1 examples skipped"}},
		{"a label never seen, skipped", Source{Task: "classify", Data: []string{files(t, "train.csv", small, "dev.csv", "text,label\ne,x\nf,z\n")}, OnError: labelled.Skip}, "train 4, dev 1, single_label_classification, x y", []string{"1 examples skipped"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			d, err := Open(test.source)
			if err != nil {
				t.Fatal(err)
			}
			if got := summary(d); got != test.want {
				t.Errorf("got %s\nwant %s", got, test.want)
			}
			said := fmt.Sprint(d.Notes)
			for _, warning := range d.Warnings {
				said += fmt.Sprint("warning: ", warning)
			}
			for _, want := range test.notes {
				if !strings.Contains(said, want) {
					t.Errorf("no note has %q: %q", want, said)
				}
			}
		})
	}
}

func TestOpenFaults(t *testing.T) {
	train := files(t, "train.csv", small)
	squad := func(qas string) string { return `{"data":[{"paragraphs":[{"context":"a b","qas":[` + qas + `]}]}]}` }
	for _, test := range []struct {
		name   string
		source Source
		want   string
	}{
		{"unknown task", Source{Task: "imdb", Data: []string{train}}, `unknown task "imdb", expected classify, tag, squad, choice, mlm or one of GLUE's: cola, sst-2`},
		{"no data", Source{Task: "classify"}, "no labelled data given (hint: "},
		{"no such folder", Source{Task: "classify", Data: []string{filepath.Join(train, "nowhere")}}, "nowhere"},
		{"no file in it", Source{Task: "classify", Data: []string{files(t, "README.md", "x")}}, "the folder has no file of labelled data"},
		{"two train files", Source{Task: "classify", Data: []string{files(t, "train.csv", small, "train.tsv", small)}}, "could be train (hint: name the file with train)"},
		{"files without a name", Source{Task: "classify", Data: []string{files(t, "a.csv", small, "b.csv", small)}}, `cannot tell which of ["a.csv" "b.csv"] is train, dev or test`},
		{"four files", Source{Task: "classify", Data: []string{"../doc.go", "../doc.go", "../doc.go", "../doc.go"}}, "4 files given, expected at most"},
		{"a label never seen", Source{Task: "classify", Data: []string{files(t, "train.csv", small, "dev.csv", "text,label\ne,x\nf,z\n")}}, `dev.csv: line 3: label "z" is not one of the 2 known: x, y (hint: `},
		{"a tag never seen", Source{Task: "tag", Data: []string{files(t, "train.conll", "a O\n", "dev.conll", "b O\nc B-X\n")}}, `dev.conll: line 1: label "B-X" is not one of the 1 known: O (hint: `},
		{"no label", Source{Task: "classify", Data: []string{files(t, "train.csv", "text,label\na,x\nb,\n")}}, "train.csv: line 3: the example has no label, expected one in train data (hint: "},
		{"no label column", Source{Task: "classify", Data: []string{files(t, "train.csv", "text,other\na,x\n")}}, `train.csv: cannot tell which column has the label, the columns are "text", "other" (hint: name it with label-column; separator`},
		{"a column twice", Source{Task: "classify", Data: []string{files(t, "train.csv", "text,label,text\na,x,b\n")}}, `train.csv: columns 1 and 3 are both called "text" (hint: `},
		{"a field twice", Source{Task: "classify", Data: []string{files(t, "train.jsonl", "{\"text\": \"a\", \"label\": 1, \"label\": 2}\n")}}, `train.jsonl: line 1: the object has two fields "label"`},
		{"not a number", Source{Task: "classify", Data: []string{files(t, "train.csv", "text,score\na,1.5\nb,2.5\n", "dev.csv", "text,score\na,much\n")}}, `dev.csv: line 2: the target is "much", expected a number`},
		{"a number too large", Source{Task: "classify", Data: []string{files(t, "train.csv", "text,score\na,1.5\nb,1e300\n")}}, `train.csv: line 3: the target is 1e300, expected at most 1e+18`},
		{"a number without bounds", Source{Task: "classify", Problem: labelled.Regression, Data: []string{files(t, "train.csv", "text,score\na,1.5\nb,-inf\n")}}, `train.csv: line 3: the target is "-inf", expected a number`},
		{"two labels where one is wanted", Source{Task: "classify", Data: []string{files(t, "train.jsonl", "{\"text\": \"a\", \"label\": [\"x\", \"y\"]}\n")}, Problem: labelled.Single}, "line 1: the row has 2 labels, expected one"},
		{"empty file", Source{Task: "classify", Data: []string{files(t, "train.csv", "")}}, "train.csv: it is empty"},
		{"everything skipped", Source{Task: "classify", Data: []string{files(t, "train.csv", "text,label\n,x\n,y\n")}, OnError: labelled.Skip}, "there is no example in it that can be used"},
		{"a bad row", Source{Task: "classify", Data: []string{files(t, "train.csv", small+"e\n")}}, "train.csv: line 6: the row has 1 columns, expected 2"},
		{"the hint of a row without one", Source{Task: "rte", Data: []string{files(t, "train.tsv", "index\tsentence1\tsentence2\tlabel\n0\ta\tb\tmaybe\n")}}, "on-error skip"},
		{"tags do not match words", Source{Task: "tag", Data: []string{files(t, "train.json", "{\"tokens\": [\"a\"], \"tags\": [\"O\", \"O\"]}\n")}}, "train.json: line 1: 2 tags for 1 words"},
		{"questions of one name", Source{Task: "squad", Data: []string{files(t, "train.json", squad(`{"id":"1","question":"q","answers":[]},{"id":"1","question":"r","answers":[]}`))}}, `train.json: record 2: the question's id "1" was that of `},
		{"an answer elsewhere", Source{Task: "squad", Data: []string{files(t, "train.json", squad(`{"id":"1","question":"q","answers":[{"text":"b","answer_start":0}]}`))}}, `the answer "b" is not where the file says`},
		{"dev of fewer choices", Source{Task: "choice", Data: []string{files(t, "train.jsonl", "{\"prompt\": \"p\", \"choices\": [\"a\", \"b\"], \"label\": 1}\n", "dev.jsonl", "{\"prompt\": \"p\", \"choices\": [\"a\", \"b\", \"c\"], \"label\": 1}\n")}}, "dev.jsonl: line 1: the example has 3 choices, expected 2 as the first one"},
		{"glue without its files", Source{Task: "mrpc", Data: []string{train}}, "no train.tsv or msr_paraphrase_train.txt here or in MRPC"},
		{"parts of speech as entities", Source{Task: "tag", Data: []string{files(t, "train.tsv", "a\tDT\n")}, Scheme: conll.IOB2}, "plain tags have no entities"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Open(test.source)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v\nwant %s", err, test.want)
			}
		})
	}
}

func TestColumnsOfTrainHoldForDev(t *testing.T) {
	// By themselves the dev rows say nothing about which column is the label: both are short and different.
	d, err := Open(Source{Task: "classify", Data: []string{files(t,
		"train.tsv", "good one\tx\nbad one\ty\nfine one\tx\npoor one\ty\nnice one\tx\nsad one\ty\n", "dev.tsv", "odd\tx\n")}})
	if err != nil {
		t.Fatal(err)
	}
	if e := d.Dev[0].Examples[0]; e.Text != "odd" || e.Label() != "x" {
		t.Errorf("got %+v", e)
	}
}

func TestColumnsOfWordsAndTags(t *testing.T) {
	// The dev file alone does not tell whether its first column counts words: train's does.
	folder := files(t, "train.conll", "0\t010\tB-MISC\n1\tis\tO\n\n0\tOslo\tB-LOC\n", "dev.conll", "0\t7\tB-MISC\n")
	d, err := Open(Source{Task: "tag", Data: []string{folder}})
	if err != nil {
		t.Fatal(err)
	}
	if got := d.Train.Examples[0].Words[0] + " " + d.Dev[0].Examples[0].Words[0]; got != "010 7" {
		t.Errorf("the words are %q, want %q", got, "010 7")
	}
	want := "train.conll: column 2 of 3 read as the words, column 3 as their tags; column 1 numbers the words"
	if notes := fmt.Sprint(d.Notes); !strings.Contains(notes, want) {
		t.Errorf("the notes are %s, want %s", notes, want)
	}
	folder = files(t, "train.conll", "a O X\nb B-X Y\n", "dev.conll", "a Y O\nb X B-X\n")
	if _, err = Open(Source{Task: "tag", Data: []string{folder}}); err == nil || !strings.Contains(err.Error(), "dev.conll: words and tags seem to be in columns 1 and 3, but in 1 and 2 of the file before it (hint: words-column") {
		t.Errorf("other columns in dev give %v", err)
	}
}

func TestStream(t *testing.T) {
	folder := files(t, "a.txt", "one two\nthree\n", "a.conll", "a O\nb B-X\n\nc O\n", "tags.txt", "a O\nb B-X\n\nc O\n", "a.csv", "text,label\na,x\n,y\nb,x\n",
		"q.json", `{"data":[{"paragraphs":[{"context":"a","qas":[{"question":"q","id":"1"}]}]}]}`, "test.tsv", "index\tsentence\n0\tgood\n")
	for _, test := range []struct {
		task, path, in string
		want           string
		skipped        int
	}{
		{"classify", "a.txt", "", "one two, three", 0},
		{"classify", "-", "one, two\nthree\n", "one, two, three", 0},
		{"classify", "-", "{\"text\": \"one\"}\n{\"text\": \"two\"}\n", "one, two", 0},
		{"classify", "a.csv", "", "a, b", 1},
		{"sst-2", "test.tsv", "", "good", 0},
		{"sst-2", "a.txt", "", "one two, three", 0},
		{"tag", "a.txt", "", "one two, three", 0},
		{"tag", "-", "one two\n", "one two", 0},
		{"tag", "a.conll", "", "[a b], [c]", 0},
		{"tag", "tags.txt", "", "[a b], [c]", 0},
		{"tag", "-", "a O\nb B-X\n\nc O\n", "[a b], [c]", 0},
		{"squad", "q.json", "", "q", 0},
		{"squad", "-", `{"data":[{"paragraphs":[{"context":"a","qas":[{"question":"q","id":"1"}]}]}]}`, "q", 0},
		{"choice", "-", "{\"prompt\": \"p\", \"choices\": [\"a\", \"b\"]}\n", "p", 0},
	} {
		t.Run(test.task+" "+test.path, func(t *testing.T) {
			path := test.path
			if path != "-" {
				path = filepath.Join(folder, path)
			}
			r, _, err := Stream(Source{Task: test.task}, path, strings.NewReader(test.in))
			if err != nil {
				t.Fatal(err)
			}
			var skipped labelled.Skipped
			all, err := labelled.ReadAll(labelled.Skipping(r, &skipped))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, e := range all {
				if len(e.Words) > 0 {
					e.Text = fmt.Sprint(e.Words)
				}
				got = append(got, e.Text)
			}
			if s := strings.Join(got, ", "); s != test.want || skipped.Rows != test.skipped {
				t.Errorf("got %s, %d skipped; want %s, %d", s, skipped.Rows, test.want, test.skipped)
			}
		})
	}
}

func TestSeenExamplesAreCounted(t *testing.T) {
	d, err := Open(Source{Task: "classify", Data: []string{files(t, "train.csv", small, "dev.csv", "text,label\na,x\ne,y\nb,x\n")}})
	if err != nil {
		t.Fatal(err)
	}
	if d.Dev[0].Seen != 2 {
		t.Errorf("%d of dev are said to be in train, expected 2", d.Dev[0].Seen)
	}
}
