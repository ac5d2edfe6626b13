package google

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gobert/data"
	"gobert/internal/tensorflow"
)

// What is read from files must be the instances that were written.
func TestOpenReadsInstances(t *testing.T) {
	source, err := Open("testdata/words.0.tfrecord", "testdata/words.1.tfrecord")
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	n, err := source.Len(0)
	if err != nil {
		t.Fatal(err)
	}
	o := Defaults()
	o.Length, o.MaxPredictions = 64, 10
	e := newEncoder(&o)
	var want bytes.Buffer
	b := source.NewBatch()
	w := tensorflow.NewWriter(&want)
	for i := range n {
		b.Reset()
		if err := source.Append(b, 0, i); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(b.Validate(1000), w.Write(e.encode(toInstance(b)))); err != nil {
			t.Fatal(err)
		}
	}
	var got []byte
	for _, path := range []string{"testdata/words.0.tfrecord", "testdata/words.1.tfrecord"} {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, text...)
	}
	if !bytes.Equal(want.Bytes(), got) {
		t.Error("reading and writing again gave other bytes")
	}
}

func toInstance(b *data.Batch) *instance {
	return &instance{
		ids: b.IDs, firstLen: slices.Index(b.Types, 1), positions: b.MaskedRows,
		labels: b.MaskedIDs, random: b.Next[0] == 1,
	}
}

func TestLoaderServesFiles(t *testing.T) {
	source, err := Open("testdata/plain.0.tfrecord")
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	l, err := data.NewLoader(t.Context(), source, data.LoaderOptions{Epochs: 3, Sequences: 4, Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	total := 0
	for {
		b, _, err := l.Next(t.Context())
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		total += b.Len()
		l.Release(b)
	}
	if n, _ := source.Len(0); total != 3*n {
		t.Errorf("%d sequences in three epochs of %d", total, n)
	}
}

func TestBadFiles(t *testing.T) {
	whole, err := os.ReadFile("testdata/plain.0.tfrecord")
	if err != nil {
		t.Fatal(err)
	}
	flip := func(at int) []byte {
		b := slices.Clone(whole)
		b[at] ^= 1
		return b
	}
	record := func(entries []byte) []byte {
		var b bytes.Buffer
		if err := tensorflow.NewWriter(&b).Write(tensorflow.AppendExample(nil, entries)); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	tests := []struct {
		name string
		file []byte
		want string
	}{
		{"empty", nil, "no examples"},
		{"text", []byte("once upon a time there was a file"), "record 0: the checksum of its length is wrong"},
		{"cut in a header", whole[:7], "record 0: the file ends in the middle"},
		{"cut in a record", whole[:len(whole)-9], "reach beyond the end of the file"},
		{"damaged", flip(40), "record 0: its checksum is wrong"},
		{"another task", record(tensorflow.AppendInts(nil, "label", []int32{1})), "is this BERT pretraining data?"},
		{"no label", record(tokens(1, 1)), "next_sentence_labels is []"},
		{"hole in the mask", record(tokens(0, 1)), "expected ones and then zeros"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "bad.tfrecord")
			if err := os.WriteFile(path, test.file, 0o666); err != nil {
				t.Fatal(err)
			}
			source, err := Open(path)
			if err == nil {
				defer source.Close()
				err = source.Append(source.NewBatch(), 0, 0)
			}
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got %v, want an error with %q", err, test.want)
			}
		})
	}
}

func tokens(mask ...int32) []byte {
	b := tensorflow.AppendInts(nil, inputIDs, make([]int32, len(mask)))
	b = tensorflow.AppendInts(b, inputMask, mask)
	return tensorflow.AppendInts(b, segmentIDs, make([]int32, len(mask)))
}

func TestBadText(t *testing.T) {
	tests := []struct{ name, text, vocab, want string }{
		{"empty", "", "[UNK]\n[CLS]\n[SEP]\n[MASK]\n", "no text"},
		{"one document", "a b\nc d\n", "[UNK]\n[CLS]\n[SEP]\n[MASK]\n", "one document"},
		{"not UTF-8", "a\n\nb\xff\n", "[UNK]\n[CLS]\n[SEP]\n[MASK]\n", "text.txt:3: not UTF-8"},
		{"no mask", "a\n\nb\n", "[UNK]\n[CLS]\n[SEP]\n", "has no [MASK]"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			text, vocab, out := filepath.Join(dir, "text.txt"), filepath.Join(dir, "vocab.txt"), filepath.Join(dir, "out")
			if err := errors.Join(os.WriteFile(text, []byte(test.text), 0o666), os.WriteFile(vocab, []byte(test.vocab), 0o666)); err != nil {
				t.Fatal(err)
			}
			_, err := Create(t.Context(), []string{text}, vocab, []string{out}, Defaults())
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got %v, want an error with %q", err, test.want)
			}
			if _, err := os.Stat(out); err == nil {
				t.Error("an output file was left behind")
			}
		})
	}
}

// The lines of random.txt are Python's own numbers; its head says how they were made.
func TestRandomEqualsPython(t *testing.T) {
	text, err := os.Open("testdata/random.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer text.Close()
	for lines := bufio.NewScanner(text); lines.Scan(); {
		if want := lines.Text(); !strings.HasPrefix(want, "#") {
			if diff := cmp.Diff(want, pythonLine(t, want)); diff != "" {
				t.Error(diff)
			}
		}
	}
}

// pythonLine draws what a line of random.txt has, from the seed it begins with.
func pythonLine(t *testing.T, line string) string {
	t.Helper()
	var seed int64
	if _, err := fmt.Sscan(line, &seed); err != nil {
		t.Fatal(err)
	}
	r := newRandom(seed)
	u, n := r.unit(), r.between(0, 999)
	x := []int{0, 1, 2, 3, 4, 5, 6, 7}
	for range 200 { // beyond one twist
		shuffle(r, x)
	}
	return fmt.Sprint(seed, " ", strconv.FormatFloat(u, 'g', -1, 64), " ", n, " ", strings.Trim(fmt.Sprint(x), "[]"))
}
