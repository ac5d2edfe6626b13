package wordpiece

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gobert/internal/testkit"
)

// realVocabularies are the folders below vocab with the rules that each is made for.
var realVocabularies = []struct {
	name string
	rules
}{
	{"bert-base-uncased", rules{true, true, true, true, 100, "##"}},
	{"bert-base-cased", rules{false, false, true, true, 100, "##"}},
	{"bert-base-chinese", rules{true, true, true, true, 100, "##"}},
	{"bert-base-multilingual-cased", rules{false, false, true, true, 100, "##"}},
}

// TestSweep asks the reference about all texts there are: it takes an hour, so it waits to be asked
// for.
//
//	BERT_SWEEP=1 GOBERT_PYTHON=python go test -run Sweep -timeout 3h ./data/wordpiece
func TestSweep(t *testing.T) {
	if os.Getenv("BERT_SWEEP") == "" {
		t.Skip("a long comparison with the reference (set BERT_SWEEP=1)")
	}
	folder := testkit.Data(t)
	sets := []struct {
		name  string
		texts iter.Seq[string]
	}{
		{"code points", everyCodePoint},
		{"random", randomTexts(1, 1_000_000)},
		{"files", lines(t, folder)},
	}
	for _, v := range realVocabularies {
		path := filepath.Join(folder, "vocab", v.name, "vocab.txt")
		for _, set := range sets {
			t.Run(v.name+"/"+set.name, func(t *testing.T) { sweep(t, path, v.rules, set.texts) })
		}
	}
	for _, r := range ruleSets() {
		path := filepath.Join(folder, "vocab", "bert-base-multilingual-cased", "vocab.txt")
		t.Run("rules/"+r.digits(), func(t *testing.T) { sweep(t, path, r, randomTexts(2, 100_000)) })
	}
}

// sweep compares one engine with the reference.
func sweep(t *testing.T, vocabulary string, r rules, texts iter.Seq[string]) {
	tokens := readVocabulary(t, vocabulary)
	e, err := newEngine(tokens, int32(slices.Index(tokens, "[UNK]")), r)
	if err != nil {
		t.Fatal(err)
	}
	c := comparison{e: e}
	ask(t, vocabulary, r, texts, func(text string, want *reference) { c.check(t, text, want) })
	t.Logf("%d texts, %d different", c.texts, c.different)
}

// lines gives each line of each file below a folder, whatever its format.
func lines(t testing.TB, folder string) iter.Seq[string] {
	return func(yield func(string) bool) {
		err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			file, err := os.Open(path)
			if err != nil {
				return err
			}
			defer file.Close()
			r := bufio.NewReaderSize(file, 1<<20)
			for {
				line, err := r.ReadString('\n')
				if line != "" && !yield(strings.TrimSuffix(line, "\n")) {
					return fs.SkipAll
				}
				if errors.Is(err, io.EOF) {
					return nil
				}
				if err != nil {
					return err
				}
			}
		})
		if err != nil {
			t.Error(err)
		}
	}
}
