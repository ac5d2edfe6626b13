package wordpiece

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// recordedHead is the first line of the golden file.
type recordedHead struct {
	Versions   string
	Vocabulary []string
}

// recordedCase is one of the others. Offsets are in code points.
type recordedCase struct {
	Rules                    string
	Text                     []byte
	IDs, Starts, Ends, Words []int32
}

var recordedPath = filepath.Join("testdata", "engine.jsonl.gz")

// recordedTexts are what the golden file asks about under each rule set: all under those of the real
// vocabularies, fewer under the others.
func recordedTexts(r rules) iter.Seq[string] {
	common := r.ChineseChars && r.CleanText && r.Lowercase == r.StripAccents
	return func(yield func(string) bool) {
		texts := plainTexts
		n := 40
		if common {
			for _, c := range nasty {
				texts = append(texts, string(c), "a"+string(c)+"b")
			}
			texts = append(texts, broken...)
			n = 700
		}
		for text := range randomTexts(5, n) {
			texts = append(texts, text)
		}
		for _, text := range texts {
			if !yield(text) {
				return
			}
		}
	}
}

// TestGoldenEngine compares with what Hugging Face made of some thousand texts. To write the file anew:
//
//	GOBERT_UPDATE=1 GOBERT_PYTHON=python go test -run GoldenEngine ./data/wordpiece
func TestGoldenEngine(t *testing.T) {
	if os.Getenv("GOBERT_UPDATE") != "" {
		record(t)
	}
	file, err := os.Open(recordedPath)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	z, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(z)
	var head recordedHead
	if err := d.Decode(&head); err != nil {
		t.Fatal(err)
	}
	engines := map[string]*comparison{}
	for _, r := range ruleSets() {
		e, err := newEngine(head.Vocabulary, int32(slices.Index(head.Vocabulary, "[UNK]")), r)
		if err != nil {
			t.Fatal(err)
		}
		engines[r.digits()] = &comparison{e: e}
	}
	total := 0
	for {
		var c recordedCase
		if err := d.Decode(&c); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		total++
		for range 2 { // The second time words come out of the cache.
			engines[c.Rules].check(t, string(c.Text), &reference{c.IDs, c.Starts, c.Ends, c.Words})
		}
	}
	if total < 3000 {
		t.Errorf("the golden file has %d cases, expected thousands", total)
	}
}

func record(t *testing.T) {
	vocabulary := syntheticVocabulary()
	path := filepath.Join(t.TempDir(), "vocab.txt")
	if err := os.WriteFile(path, []byte(strings.Join(vocabulary, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var cases bytes.Buffer
	var versions string
	enc := json.NewEncoder(&cases)
	for _, r := range ruleSets() {
		versions = ask(t, path, r, recordedTexts(r), func(text string, want *reference) {
			if err := enc.Encode(recordedCase{r.digits(), []byte(text), want.IDs, want.Starts, want.Ends, want.Words}); err != nil {
				t.Fatal(err)
			}
		})
	}
	file, err := os.Create(recordedPath)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriter(file)
	z, _ := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err := errors.Join(json.NewEncoder(z).Encode(recordedHead{versions, vocabulary}), writeBytes(z, cases.Bytes()), z.Close(), w.Flush(), file.Close()); err != nil {
		t.Fatal(err)
	}
}

func writeBytes(w io.Writer, b []byte) error {
	_, err := w.Write(b)
	return err
}
