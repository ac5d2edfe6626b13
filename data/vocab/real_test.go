package vocab_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"gobert/data/corpus"
	"gobert/data/vocab"
	"gobert/data/wordpiece"
	"gobert/internal/testkit"
)

// wikipedia trains BERT's vocabulary size from the real text, reading included.
func wikipedia(tb testing.TB, path string) *vocab.Result {
	o := vocab.NewOptions()
	o.Folder = tb.TempDir()
	rules, err := wordpiece.New(o.SpecialTokens, wordpiece.DefaultOptions(true))
	if err != nil {
		tb.Fatal(err)
	}
	text, err := corpus.Read(corpus.ReadOptions{Paths: []string{path}})
	if err != nil {
		tb.Fatal(err)
	}
	ctx := context.Background()
	r, err := vocab.Train(ctx, text.Texts(ctx), func() vocab.WordFunc { return rules.Words() }, o)
	if err != nil || len(r.Pieces) != o.Size {
		tb.Fatal(r, err)
	}
	return r
}

// python runs a script of testdata with the Python of the reference, or skips.
func python(t *testing.T, args ...string) []string {
	t.Helper()
	program := os.Getenv("GOBERT_PYTHON")
	if program == "" {
		t.Skip("GOBERT_PYTHON names no Python to compare with")
	}
	out, err := exec.Command(program, args...).Output()
	if err != nil {
		var exit *exec.ExitError
		errors.As(err, &exit)
		t.Fatalf("%v: %v\n%s", args, err, exit.Stderr)
	}
	return strings.Fields(string(out))
}

// TestWikipediaEqualsHuggingFace: at most 40 of 30,522 entries differ; Hugging Face's own runs
// differ from each other, as ties fall in the order of a hash table. It logs both times, which
// compare only on a machine that does nothing else.
func TestWikipediaEqualsHuggingFace(t *testing.T) {
	path := testkit.Data(t, "corpus", "wikipedia.txt")
	theirs := python(t, "testdata/huggingface.py", path, "30522")
	seconds, err := strconv.ParseFloat(theirs[len(theirs)-1], 64)
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	ours := map[string]bool{}
	for _, piece := range wikipedia(t, path).Pieces {
		ours[piece] = true
	}
	took := time.Since(start).Seconds()
	var differ []string
	for _, piece := range theirs[:len(theirs)-1] {
		if !ours[piece] {
			differ = append(differ, piece)
		}
	}
	t.Logf("%d entries differ; %.2f s, Hugging Face %.2f s: %.1f times", len(differ), took, seconds, seconds/took)
	if len(theirs)-1 != len(ours) || len(differ) > 40 {
		t.Errorf("%d of %d entries differ, want at most 40: %q", len(differ), len(ours), differ)
	}
}

// TestTransformersLoads: the folder that a vocabulary is saved to gives the same ids there.
func TestTransformersLoads(t *testing.T) {
	o := vocab.NewOptions()
	o.Size, o.MinFrequency, o.Folder = 60, 1, t.TempDir()
	rules, err := wordpiece.New(o.SpecialTokens, wordpiece.DefaultOptions(true))
	if err != nil {
		t.Fatal(err)
	}
	texts := func(yield func([]byte, error) bool) { yield([]byte("The cat sat on the mät. The cats sat."), nil) }
	r, err := vocab.Train(context.Background(), texts, func() vocab.WordFunc { return rules.Words() }, o)
	if err != nil {
		t.Fatal(err)
	}
	k, err := wordpiece.New(r.Pieces, wordpiece.DefaultOptions(true))
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if err := k.Save(folder); err != nil {
		t.Fatal(err)
	}
	const text = "The CAT sats on the mat, x"
	want := python(t, "testdata/load.py", folder, text)
	ids := append(k.AppendIDs([]int32{k.Special().Cls}, text), k.Special().Sep)
	if got := strings.Fields(strings.Trim(fmt.Sprint(ids), "[]")); strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("got %v, transformers %v", got, want)
	}
}

// BenchmarkWikipedia trains BERT's vocabulary size from the real text, reading included.
func BenchmarkWikipedia(b *testing.B) {
	path := testkit.Data(b, "corpus", "wikipedia.txt")
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(info.Size())
	for b.Loop() {
		wikipedia(b, path)
	}
}
