package dataset

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gobert/data/labelled"
)

func write(t *testing.T, folder, name, content string) string {
	t.Helper()
	path := filepath.Join(folder, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestFind(t *testing.T) {
	for _, name := range []string{"sst2", "SST-2", "sst_2", "Sst-2"} {
		if task, ok := FindGLUE(name); !ok || task.Name != "sst-2" {
			t.Errorf("%s: got %q", name, task.Name)
		}
	}
	if _, ok := FindGLUE("imdb"); ok {
		t.Error("imdb is one of GLUE's")
	}
	if n := len(GLUETasks()); n != 10 {
		t.Errorf("%d tasks, want nine and the diagnostic set", n)
	}
}

// rows reads a file of a task from memory.
func rows(task GLUETask, name, content string) (*glueReader, error) {
	source, err := labelled.NewSource(name, strings.NewReader(content))
	if err != nil {
		return nil, err
	}
	return task.read(source)
}

// TestRows has a file of each task's shape, with its quirks.
func TestRows(t *testing.T) {
	for _, test := range []struct {
		task, content string
		want          []string // text|pair|label|id
		fault         string
	}{
		{"cola", "gj04\t1\t\tThe cat \"sat\n g\t0\t*\tCat the.\n", []string{`The cat "sat||acceptable|`, "Cat the.||unacceptable|"}, ""},
		{"cola", "index\tsentence\n0\tThe cat.\n", []string{"The cat.|||0"}, ""},
		{"sst-2", "sentence\tlabel\ngood \t1\n", []string{"good ||positive|"}, ""},
		{"sst-2", "index\tsentence\n7\tgood\n", []string{"good|||7"}, ""},
		{"mrpc", "\ufeffQuality\t#1 ID\t#2 ID\t#1 String\t#2 String\n1\t12\t13\tHe said \" so .\tHe did .\n", []string{`He said " so .|He did .|equivalent|`}, ""},
		{"mrpc", "index\t#1 ID\t#2 ID\t#1 String\t#2 String\n0\t12\t13\ta\tb\n", []string{"a|b||0"}, ""},
		{"sts-b", "index\tgenre\tfilename\tyear\told_index\tsource1\tsource2\tsentence1\tsentence2\tscore\n0\tg\tf\ty\to\ts\ts\ta\tb\t3.800\n", []string{"a|b|3.800|0"}, ""},
		{"qqp", "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n1\t2\t3\ta?\tb?\t0\n2\t3\tcut off\n3\t4\t5\tc?\t\t1\n", []string{"a?|b?|not_duplicate|1", "c?||duplicate|3"}, ""},
		{"qqp", "id\tquestion1\tquestion2\n0\ta?\tb?\n", []string{"a?|b?||0"}, ""},
		{"mnli", "index\tpromptID\tpairID\tgenre\tsentence1_binary_parse\tsentence2_binary_parse\tsentence1_parse\tsentence2_parse\tsentence1\tsentence2\tlabel1\tgold_label\n5\tp\tq\tg\t(\t(\t(\t(\ta\tb\tneutral\tcontradiction\n", []string{"a|b|contradiction|5"}, ""},
		{"qnli", "index\tquestion\tsentence\tlabel\n0\ta?\tb\tnot_entailment\n", []string{"a?|b|not_entailment|0"}, ""},
		{"rte", "index\tsentence1\tsentence2\tlabel\n0\ta\tb\tentailment\n", []string{"a|b|entailment|0"}, ""},
		{"wnli", "index\tsentence1\tsentence2\tlabel\n0\ta\tb\t1\n", []string{"a|b|entailment|0"}, ""},
		{"ax", "index\tsentence1\tsentence2\n0\ta\tb\n", []string{"a|b||0"}, ""},

		{"rte", "index\tsentence1\tsentence2\tlabel\n0\ta\tb\tmaybe\n1\ta\tb\tentailment\n", []string{"a|b|entailment|1"}, `in.tsv: line 2: the label is "maybe", expected one of entailment, not_entailment`},
		{"sst-2", "sentence\tlabel\na\t2\n", nil, `the label is "2", expected one of 0, 1 (negative, positive)`},
		{"sts-b", "index\tsentence1\tsentence2\tscore\n0\ta\tb\tmuch\n", nil, `line 2: the target is "much", expected a number`},
		{"rte", "index\tsentence1\tsentence2\tlabel\n0\ta\n1\ta\tb\tentailment\n", []string{"a|b|entailment|1"}, "line 2: the row has 2 columns, expected 4"},
		{"rte", "sentence\tlabel\na\t1\n", nil, "expected RTE's"},
		{"rte", "", nil, "it is empty"},
	} {
		t.Run(test.task, func(t *testing.T) {
			task, _ := FindGLUE(test.task)
			r, err := rows(task, "in.tsv", test.content)
			var got []string
			var skipped labelled.Skipped
			if err == nil {
				var all []labelled.Example
				all, err = labelled.ReadAll(labelled.Skipping(r, &skipped))
				for _, e := range all {
					got = append(got, strings.Join([]string{e.Text, e.Pair, e.Label(), e.ID}, "|"))
				}
			}
			err = errors.Join(append(skipped.Reasons, err)...)
			if test.fault == "" && err != nil || test.fault != "" && (err == nil || !strings.Contains(err.Error(), test.fault)) {
				t.Errorf("got %v, want %q", err, test.fault)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
			if test.task == "qqp" && len(got) == 2 && r.Dropped() != 1 {
				t.Errorf("%d rows dropped, want 1", r.Dropped())
			}
		})
	}
}

func TestPaths(t *testing.T) {
	root := t.TempDir()
	for _, name := range []string{"MNLI/train.tsv", "MNLI/dev_matched.tsv", "MNLI/dev_mismatched.tsv", "MNLI/test_matched.tsv", "MNLI/test_mismatched.tsv", "SST-2/dev.tsv", "MNLI/diagnostic.tsv"} {
		write(t, root, name, "x")
	}
	mnli, _ := FindGLUE("mnli")
	for _, folder := range []string{root, filepath.Join(root, "MNLI")} {
		for split, want := range map[Split]string{Train: "train.tsv", Dev: "dev_matched.tsv", DevMismatched: "dev_mismatched.tsv", Test: "test_matched.tsv", TestMismatched: "test_mismatched.tsv"} {
			path, err := mnli.Path(folder, split)
			if err != nil || path != filepath.Join(root, "MNLI", want) {
				t.Errorf("%s: got %s, %v", split, path, err)
			}
		}
	}
	sst, _ := FindGLUE("sst2")
	if _, err := sst.Path(root, Train); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v for a file that is not there", err)
	}
	ax, _ := FindGLUE("ax")
	if path, err := ax.Path(root, Test); err != nil || filepath.Base(path) != "diagnostic.tsv" {
		t.Errorf("got %s, %v", path, err)
	}
}

// TestOriginalMRPC splits Microsoft's file by the list of dev pairs.
func TestOriginalMRPC(t *testing.T) {
	root := t.TempDir()
	write(t, root, "dev_ids.tsv", "3\t4\n")
	write(t, root, "msr_paraphrase_train.txt", "\ufeffQuality\t#1 ID\t#2 ID\t#1 String\t#2 String\n1\t1\t2\ta\tb\n0\t3\t4\tc\td\n1\t5\t6\te\tf\n")
	write(t, root, "msr_paraphrase_test.txt", "\ufeffQuality\t#1 ID\t#2 ID\t#1 String\t#2 String\n1\t1\t2\tg\th\n")
	mrpc, _ := FindGLUE("mrpc")
	for split, want := range map[Split]string{Train: "a e", Dev: "c", Test: "g"} {
		path, err := mrpc.Path(root, split)
		if err != nil {
			t.Fatal(err)
		}
		r, err := mrpc.open(path, split)
		if err != nil {
			t.Fatal(err)
		}
		all, err := labelled.ReadAll(r)
		var texts []string
		for _, e := range all {
			texts = append(texts, e.Text)
		}
		if got := strings.Join(texts, " "); got != want || err != nil {
			t.Errorf("%s: got %s, %v, want %s", split, got, err, want)
		}
	}
	write(t, root, "msr_paraphrase_train.txt", "#1 String\t#2 String\na\tb\n")
	if _, err := mrpc.open(filepath.Join(root, "msr_paraphrase_train.txt"), Train); err == nil || !strings.Contains(err.Error(), "has 2 columns") {
		t.Errorf("got %v for a file without ids", err)
	}
}

func TestSubmission(t *testing.T) {
	for _, test := range []struct {
		task        string
		split       Split
		predictions []string
		file, want  string
	}{
		{"sst-2", Test, []string{"positive", "negative", "1"}, "SST-2.tsv", "index\tprediction\n0\t1\n1\t0\n2\t1\n"},
		{"rte", Test, []string{"not_entailment"}, "RTE.tsv", "index\tprediction\n0\tnot_entailment\n"},
		{"mnli", Test, []string{"neutral"}, "MNLI-m.tsv", "index\tprediction\n0\tneutral\n"},
		{"mnli", TestMismatched, nil, "MNLI-mm.tsv", "index\tprediction\n"},
		{"sts-b", Test, []string{"3.14159", "7", "-1"}, "STS-B.tsv", "index\tprediction\n0\t3.142\n1\t5.000\n2\t0.000\n"},
		{"ax", Test, []string{"entailment"}, "AX.tsv", "index\tprediction\n0\tentailment\n"},
	} {
		task, _ := FindGLUE(test.task)
		var b strings.Builder
		if err := task.WriteSubmission(&b, test.predictions); err != nil || b.String() != test.want {
			t.Errorf("%s: got %q, %v; want %q", test.task, b.String(), err, test.want)
		}
		if got := task.SubmissionFile(test.split); got != test.file {
			t.Errorf("%s: the file is %s, want %s", test.task, got, test.file)
		}
	}
	sts, _ := FindGLUE("sts-b")
	rte, _ := FindGLUE("rte")
	for _, task := range []GLUETask{sts, rte} {
		if err := task.WriteSubmission(new(strings.Builder), []string{"what"}); err == nil || !strings.Contains(err.Error(), `prediction 0 is "what"`) {
			t.Errorf("%s: got %v", task.Name, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	for i, s := range []string{"gj04\t1\t\tx\n", "sentence\tlabel\na\t1\n", "\ufeffQuality\t#1 ID\t#2 ID\t#1 String\t#2 String\n1\t2\t3\ta\tb\n", "\xff\xfea\x00\t\x00", "index\tsentence1\tsentence2\n\n0\n"} {
		f.Add(i, s)
	}
	f.Fuzz(func(t *testing.T, task int, content string) {
		all := GLUETasks()
		r, err := rows(all[uint(task)%uint(len(all))], "f", content)
		if err != nil {
			return
		}
		_, _ = labelled.ReadAll(labelled.Skipping(r, new(labelled.Skipped)))
	})
}
