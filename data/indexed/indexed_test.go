package indexed

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// document is a list of sentences of token ids.
type document [][]int32

// write makes one pair of files.
func write(t testing.TB, prefix string, vocab int, documents []document) {
	t.Helper()
	w, err := Create(prefix, vocab)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	for _, doc := range documents {
		for _, sentence := range doc {
			if err := w.AddSentence(sentence); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.EndDocument(); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// read collects all documents of a dataset.
func read(d *Dataset) []document {
	documents := []document{}
	for doc := range d.Documents() {
		var sentences document
		first, last := d.DocumentRange(doc)
		for i := first; i < last; i++ {
			sentences = append(sentences, d.AppendSentence(nil, i))
			if n := d.SentenceLen(i); n != len(sentences[i-first]) {
				panic(fmt.Sprintf("sentence %d: length %d, ids %d", i, n, len(sentences[i-first])))
			}
		}
		documents = append(documents, sentences)
	}
	return documents
}

// draw makes documents of random sentences.
func draw(rng *rand.Rand, documents, vocab int) []document {
	drawn := make([]document, documents)
	for i := range drawn {
		for range 1 + rng.IntN(9) {
			sentence := make([]int32, 1+rng.IntN(60))
			for k := range sentence {
				sentence[k] = int32(rng.IntN(vocab))
			}
			drawn[i] = append(drawn[i], sentence)
		}
	}
	return drawn
}

func equal(a, b []document) bool {
	return slices.EqualFunc(a, b, func(x, y document) bool {
		return slices.EqualFunc(x, y, func(s, t []int32) bool { return slices.Equal(s, t) })
	})
}

func TestRoundTrip(t *testing.T) {
	for _, vocab := range []int{1, 30522, 65499, 65500, 119547} {
		t.Run(fmt.Sprint(vocab), func(t *testing.T) {
			folder := t.TempDir()
			var want []document
			rng := rand.New(rand.NewPCG(1, uint64(vocab)))
			for shard, documents := range []int{7, 0, 1, 0, 300} {
				drawn := draw(rng, documents, vocab)
				write(t, filepath.Join(folder, fmt.Sprintf("shard-%d", shard)), vocab, drawn)
				want = append(want, drawn...)
			}
			d, err := Open(folder)
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			if got := read(d); !equal(got, want) {
				t.Errorf("read other documents than were written")
			}
			var tokens int64
			for _, doc := range want {
				for _, sentence := range doc {
					tokens += int64(len(sentence))
				}
			}
			if d.Tokens() != tokens {
				t.Errorf("got %d tokens, want %d", d.Tokens(), tokens)
			}
			if entries, _ := os.ReadDir(folder); len(entries) != 10 {
				t.Errorf("got files %v, want five pairs and nothing beside", entries)
			}
		})
	}
}

// TestBytes holds the layout against bytes worked out by hand from Megatron's writer.
func TestBytes(t *testing.T) {
	prefix := filepath.Join(t.TempDir(), "tiny")
	write(t, prefix, 30522, []document{{{1, 2, 258}, {4}}, {{5}}})
	bin, _ := os.ReadFile(prefix + ".bin")
	if want := []byte{1, 0, 2, 0, 2, 1, 4, 0, 5, 0}; !slices.Equal(bin, want) {
		t.Errorf("tokens: got % x, want % x", bin, want)
	}
	idx, _ := os.ReadFile(prefix + ".idx")
	want := []byte("MMIDIDX\x00\x00" + "\x01\x00\x00\x00\x00\x00\x00\x00" + "\x08" +
		"\x03\x00\x00\x00\x00\x00\x00\x00" + "\x03\x00\x00\x00\x00\x00\x00\x00" +
		"\x03\x00\x00\x00" + "\x01\x00\x00\x00" + "\x01\x00\x00\x00" +
		"\x00\x00\x00\x00\x00\x00\x00\x00" + "\x06\x00\x00\x00\x00\x00\x00\x00" + "\x08\x00\x00\x00\x00\x00\x00\x00" +
		"\x00\x00\x00\x00\x00\x00\x00\x00" + "\x02\x00\x00\x00\x00\x00\x00\x00" + "\x03\x00\x00\x00\x00\x00\x00\x00")
	if !slices.Equal(idx, want) {
		t.Errorf("index: got % x, want % x", idx, want)
	}
}

func TestPaths(t *testing.T) {
	folder := t.TempDir()
	a, b := filepath.Join(folder, "a"), filepath.Join(folder, "b")
	write(t, a, 10, []document{{{1}}})
	write(t, b, 10, []document{{{2}}, {{3}}})
	for _, test := range []struct {
		paths  []string
		shards []string
	}{
		{[]string{folder}, []string{a, b}},
		{[]string{b, a}, []string{b, a}},
		{[]string{b + ".idx", a + ".bin"}, []string{b, a}},
	} {
		d, err := Open(test.paths...)
		if err != nil {
			t.Errorf("%v: %v", test.paths, err)
			continue
		}
		if got := d.Shards(); !slices.Equal(got, test.shards) {
			t.Errorf("%v: got %v, want %v", test.paths, got, test.shards)
		}
		d.Close()
	}
}

func TestWriterRefuses(t *testing.T) {
	add := func(ids ...int32) func(*Writer) error {
		return func(w *Writer) error { return w.AddSentence(ids) }
	}
	for _, test := range []struct {
		name  string
		steps []func(*Writer) error
		want  string
	}{
		{"empty sentence", []func(*Writer) error{add(1), add()}, "sentence 1 of document 0 has no tokens"},
		{"large id", []func(*Writer) error{add(1, 10)}, "token 1 has id 10, outside the vocabulary of 10"},
		{"negative id", []func(*Writer) error{add(-1)}, "token 0 has id -1"},
		{"empty document", []func(*Writer) error{(*Writer).EndDocument}, "document 0 has no sentences"},
		{"open document", []func(*Writer) error{add(1), add(2), (*Writer).Close}, "last 2 sentences belong to no document"},
		{"after close", []func(*Writer) error{(*Writer).Close, add(1)}, "the writer is closed"},
	} {
		t.Run(test.name, func(t *testing.T) {
			folder := t.TempDir()
			w, err := Create(filepath.Join(folder, "x"), 10)
			if err != nil {
				t.Fatal(err)
			}
			for _, step := range test.steps {
				err = step(w)
			}
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got error %v, want %q", err, test.want)
			}
			w.Abort()
			if entries, _ := os.ReadDir(folder); test.name != "after close" && len(entries) != 0 {
				t.Errorf("left behind: %v", entries)
			}
		})
	}
	if _, err := Create(filepath.Join(t.TempDir(), "x"), 0); err == nil {
		t.Error("a vocabulary of 0 was taken")
	}
}

// megatron opens a pair with Megatron's own reader and writes it anew with its builder.
const megatron = `
import sys
import numpy, torch
from megatron.core.datasets.indexed_dataset import IndexedDataset, IndexedDatasetBuilder
prefix, copy = sys.argv[1:]
dataset = IndexedDataset(prefix)
builder = IndexedDatasetBuilder(copy + ".bin", dtype=dataset.index.dtype)
bounds = dataset.document_indices
for first, last in zip(bounds[:-1], bounds[1:]):
    for i in range(first, last):
        builder.add_item(torch.from_numpy(numpy.asarray(dataset[i]).astype(numpy.int64)))
    builder.end_document()
builder.finalize(copy + ".idx")
print(len(dataset), len(bounds) - 1, sum(int(dataset[i].astype(numpy.int64).sum()) for i in range(len(dataset))))
`

// TestMegatron: Megatron's reader sees what we wrote, and its writer makes the same bytes of it.
func TestMegatron(t *testing.T) {
	python := os.Getenv("GOBERT_PYTHON")
	if python == "" {
		t.Skip("GOBERT_PYTHON names no Python to compare with")
	}
	if err := exec.Command(python, "-c", "import megatron.core.datasets.indexed_dataset").Run(); err != nil {
		t.Skip("that Python has no megatron-core (0.16.1 was compared)")
	}
	for _, vocab := range []int{30522, 119547} {
		prefix := filepath.Join(t.TempDir(), "ours")
		documents := draw(rand.New(rand.NewPCG(2, 3)), 200, vocab)
		write(t, prefix, vocab, documents)
		sentences, sum := 0, 0
		for _, doc := range documents {
			for _, sentence := range doc {
				sentences++
				for _, id := range sentence {
					sum += int(id)
				}
			}
		}
		out, err := exec.Command(python, "-c", megatron, prefix, prefix+"-copy").Output()
		if err != nil {
			var exit *exec.ExitError
			errors.As(err, &exit)
			t.Fatalf("megatron: %v\n%s", err, exit.Stderr)
		}
		if want := fmt.Sprintln(sentences, len(documents), sum); string(out) != want {
			t.Errorf("vocabulary %d: megatron reads %q, want %q", vocab, out, want)
		}
		for _, extension := range []string{".bin", ".idx"} {
			ours, _ := os.ReadFile(prefix + extension)
			theirs, _ := os.ReadFile(prefix + "-copy" + extension)
			if len(ours) == 0 || !slices.Equal(ours, theirs) {
				t.Errorf("vocabulary %d: megatron writes another %s", vocab, extension)
			}
		}
	}
}
