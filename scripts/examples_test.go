package scripts

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// things are what the sentences of the examples' data are about.
var things = strings.Fields("pencil map book ruler letter essay notebook choir library school playground classroom corridor teacher pupil garden")

// lines fills each pattern with each thing.
func lines(patterns ...string) string {
	var b strings.Builder
	for _, pattern := range patterns {
		for _, thing := range things {
			b.WriteString(strings.ReplaceAll(pattern, "{}", thing) + "\n")
		}
	}
	return b.String()
}

// data are the files of the examples, by name. Texts can be told apart by single words, which a tiny model learns in seconds.
func data(t *testing.T) map[string]string {
	t.Helper()
	stories, err := os.ReadFile("../testdata/demo/stories.txt")
	if err != nil {
		t.Fatal(err)
	}
	var questions strings.Builder
	for i := range 4 * len(things) {
		fmt.Fprintf(&questions, `{"id": "%d", "question": "what was near?", "context": "the %s was near.", "answers": {"text": ["%[2]s"], "answer_start": [4]}}`+"\n", i, things[i%len(things)])
	}
	return map[string]string{
		"stories.txt":     strings.Join(strings.SplitAfterN(string(stories), "\n", 2001)[:2000], ""),
		"reviews.csv":     "text,label\n" + strings.Repeat(lines("the {} was happy,good", "the {} was sad,bad"), 6),
		"entities.conll":  strings.Repeat(lines("the O\n{} B-THING\nwas O\nnear O\n", "Jonas O\nread O\nthe O\n{} B-THING\n"), 6),
		"questions.jsonl": questions.String(),
		"choices.jsonl":   strings.Repeat(lines(`{"prompt": "the {} was", "choices": ["happy", "sad"], "label": 0}`, `{"prompt": "a {} looked", "choices": ["sad", "happy"], "label": 1}`), 2),
		"pairs.tsv":       lines("There was no {}.\tJonas read the {}.", "Greta looked for the {}.\tOne could hear the {}.", "The {} was near.\tFelix was sad because of the {}."),
	}
}

// TestExamples builds the module in examples/, which uses only what other modules may, and runs its programs: what one makes the
// next one uses.
func TestExamples(t *testing.T) {
	if os.Getenv("GOBERT_LIBTORCH") == "" {
		t.Skip("LibTorch is not set up in this shell")
	}
	bin, folder := t.TempDir(), t.TempDir()
	workspace := filepath.Join(t.TempDir(), "go.work")
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(workspace, fmt.Appendf(nil, "go 1.26.0\nuse %s\nuse %[1]s/examples\n", root), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		workspace string
		args      []string
	}{
		{"off", []string{"list", "-mod=readonly", "-deps", "./..."}},      // as another module sees this one
		{workspace, []string{"build", "-ldflags=-w", "-o", bin, "./..."}}, // what this module compiled already is not compiled again
	} {
		cmd := exec.Command("go", step.args...)
		cmd.Dir, cmd.Env = "../examples", append(os.Environ(), "GOWORK="+step.workspace)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s\n(hint: where this module's dependencies changed: cd examples && go mod tidy)", cmd.Args, err, out)
		}
	}
	for name, text := range data(t) {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const number, loss = `\d\.\d\d`, `step \d+ of \d+: loss \d+\.\d\d\n`
	for _, run := range []struct {
		program string
		args    []string
		prints  string // a pattern
	}{
		{"pretrain", []string{"stories.txt", "run"}, `(` + loss + `){4}on text that was held out: loss .*mlm .*\n`},
		{"pretrain", []string{"stories.txt", "run"}, `on text that was held out: .*\n`}, // the run is complete already
		{"finetune", []string{"run", "classify", "reviews.csv", "stars"}, `(.*\n)*(` + loss + `)+stars: accuracy ` + number + `\n`},
		{"finetune", []string{"run", "tag", "entities.conll", "entities"}, `(.*\n)*(` + loss + `)+entities: f1 ` + number + `\n`},
		{"finetune", []string{"run", "squad", "questions.jsonl", "answers"}, `(.*\n)*(` + loss + `)+answers: f1 \d+\.\d\d\n`},
		{"finetune", []string{"run", "choice", "choices.jsonl", "choices"}, `(.*\n)*(` + loss + `)+choices: accuracy ` + number + `\n`},
		{"predict", []string{"classify", "stars", "the pencil was happy", "a sad map"}, `the pencil was happy: good \(` + number + `\)\na sad map: bad \(` + number + `\)\n`},
		{"predict", []string{"stream", "stars", "reviews.csv"}, `((good\n){16}(bad\n){16}){6}`},
		{"predict", []string{"tag", "entities", "the pencil was near"}, `the pencil was near: THING "pencil" at 4 to 10\n`},
		{"predict", []string{"answer", "answers", "what was near?", "the pencil was near."}, `".*" \(` + number + `\)\n`},
		{"predict", []string{"choose", "choices", "the pencil was", "sad", "happy"}, `the pencil was (sad|happy) \(` + number + `\)\n`},
		{"predict", []string{"fill", "run", "Greta looked for [MASK] pencil."}, `greta looked for .* pencil. \(` + number + `\)\n`},
		{"predict", []string{"next", "run", "Greta was happy.", "There was no map."}, number + `\n`},
		{"predict", []string{"embed", "run", "a map", "the book"}, `a map: 1.00 like the first\nthe book: -?` + number + ` like the first\n`},
		{"ownhead", []string{"run", "pairs.tsv", "matcher"}, `(` + loss + `){3}matcher: 1\d of 16 texts are nearest to their partner\n`},
	} {
		cmd := exec.Command(filepath.Join(bin, run.program), run.args...)
		cmd.Dir = folder
		cmd.Env = append(os.Environ(), "HF_HUB_OFFLINE=1")
		var said strings.Builder
		cmd.Stderr = &said
		out, err := cmd.Output()
		if err != nil || !regexp.MustCompile(`\A`+run.prints+`\z`).Match(out) {
			t.Fatalf("%s %q: %v\n%s\n%s\nwant %s", run.program, run.args, err, out, said.String(), run.prints)
		}
		t.Logf("%s %s\n%s", run.program, strings.Join(run.args, " "), out)
	}
}
