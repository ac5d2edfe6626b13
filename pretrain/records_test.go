package pretrain

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gobert/data/pretraining/google"
	"gobert/data/pretraining/texts"
	"gobert/data/wordpiece"
	"gobert/internal/torch/standin"
	"gobert/pipeline"
	"gobert/train"
)

// newRecords makes TFRecord files of the text that a corpus was built from, as 'pretrain data --google' does.
func newRecords(t testing.TB, corpus string, length int) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "records")
	tokenizer, err := wordpiece.Open(filepath.Join(corpus, "tokenizer"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(folder, google.TokenizerName), 0o755); err != nil {
		t.Fatal(err)
	}
	o := google.Defaults()
	o.Length, o.MaxPredictions, o.Duplicates = length, 4, 2
	outputs := []string{filepath.Join(folder, "examples-00000-of-00002.tfrecord"), filepath.Join(folder, "examples-00001-of-00002.tfrecord")}
	n, err := google.Create(t.Context(), []string{filepath.Join(filepath.Dir(corpus), "text.txt")}, filepath.Join(corpus, "tokenizer", "vocab.txt"), outputs, o)
	if err != nil {
		t.Fatal(err)
	}
	m := google.Manifest{Tokenizer: tokenizer.Hash(), Vocabulary: tokenizer.Size(), Settings: o, Examples: n}
	if err := errors.Join(m.Write(folder), tokenizer.Save(filepath.Join(folder, google.TokenizerName))); err != nil {
		t.Fatal(err)
	}
	return folder
}

// TestRunOnRecordsGoesOn stops a run on fixed examples again and again: it ends with the bits of one that was never stopped.
func TestRunOnRecordsGoesOn(t *testing.T) {
	data := newRecords(t, newCorpus(t, 40), 24)
	steps := "40"
	if standin.Device() != "cpu" {
		steps = "18" // on a stand-in each takes its time
	}
	whole, got := goesOn(t, func(out string) *Config {
		return config(t, data, out, "--steps", steps, "--accumulate", "2", "--ramp-from", "2", "--ramp-share", "0.3", "--heldout-share", "0.1",
			"--log-every", "4", "--evaluate-every", "7", "--save-every", "5", "--no-rehearse", "--resume", "auto")
	})
	if got.Baseline.Token != "the" || got.Baseline.Accuracy == 0 || got.Baseline.Next < 0.5 {
		t.Errorf("baseline %+v", got.Baseline)
	}
	if _, err := Measure(t.Context(), whole, Measuring{Data: data, Length: 24, Batch: 8}, pipeline.Options{Device: "cpu", Compute: "fp32"}); err != nil {
		t.Error(err)
	}
}

// TestRecordsAreTheExamples: what a run is fed with are the examples of the files, each once an epoch, but for the held-out ones.
func TestRecordsAreTheExamples(t *testing.T) {
	corpus := newCorpus(t, 40)
	data := newRecords(t, corpus, 24)
	x, err := texts.Open(texts.Options{Data: data, HeldoutShare: 0.1})
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	v, err := texts.Vocabulary(x.Tokenizer)
	if err != nil {
		t.Fatal(err)
	}
	c := config(t, data, "out", "--steps", "1", "--batch", "1")
	f, err := newFeed(t.Context(), c, x.Train, v, func() float64 { return 0 })
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	seen := map[string]int{}
	for range x.Train.Documents() {
		b, _, err := f.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		seen[describe(b)]++
		f.Release(b)
	}
	files, err := google.Files(data)
	if err != nil || len(files) != 2 {
		t.Fatalf("files %v, %v", files, err)
	}
	source, err := google.Open(files...)
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	all, _ := source.Len(0)
	if held := x.Heldout.Documents(); held == 0 || x.Train.Documents()+held != all {
		t.Fatalf("%d + %d examples of %d", x.Train.Documents(), held, all)
	}
	for i := range x.Train.Documents() {
		b := source.NewBatch()
		if err := source.Append(b, 0, i); err != nil {
			t.Fatal(err)
		}
		seen[describe(b)]--
	}
	for example, n := range seen {
		if n != 0 {
			t.Errorf("%+d times: %s", n, example)
		}
	}
}

func TestWhatRecordsRefuse(t *testing.T) {
	corpus := newCorpus(t, 20)
	data := newRecords(t, corpus, 24)
	bare := t.TempDir() // Google's own have no tokenizer beside them
	text, err := os.ReadFile(filepath.Join(data, "examples-00000-of-00002.tfrecord"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(bare, "tf_examples.tf_record-00000-of-00001"), text, 0o644); err != nil {
		t.Fatal(err)
	}
	small := filepath.Join(t.TempDir(), "vocab.txt")
	if err := os.WriteFile(small, []byte(strings.Join(vocabularyForTests()[:9], "\n")+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		name, want string
		args       []string
	}{
		{"other masks", "--masking is words: the examples of --data are TFRecords", []string{"--masking", "words"}},
		{"another rate", "--mask-rate is 0.2", []string{"--mask-rate", "0.2"}},
		{"more predictions", "--max-predictions is 3", []string{"--max-predictions", "3"}},
		{"static masks", "--static is 10", []string{"--static", "10"}},
		{"two phases", "--second-length is 48", []string{"--second-length", "48"}},
		{"too short", "--seq-length is 16: the examples of --data have up to 24 tokens (hint: --seq-length 24)", []string{"--seq-length", "16"}},
		{"another tokenizer", "--tokenizer: the records in " + data, []string{"--tokenizer", small}},
		{"no tokenizer", "keeps no tokenizer", []string{"--data", bare}},
		{"ids beyond the vocabulary", "--tokenizer: the corpus in " + bare, []string{"--data", bare, "--tokenizer", small}},
		{"", "", []string{"--no-nsp"}},
		{"", "", []string{"--data", bare, "--tokenizer", filepath.Join(data, "tokenizer")}},
		{"", "", []string{"--data", filepath.Join(data, "examples-00001-of-00002.tfrecord")}},
		{"", "", []string{"--heldout", corpus}},
	} {
		t.Run(strings.Join(x.args, " "), func(t *testing.T) {
			_, err := Train(t.Context(), config(t, data, filepath.Join(t.TempDir(), "new"), append([]string{"--steps", "2"}, x.args...)...), quiet())
			if x.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if !errors.Is(err, train.ErrUsage) || !says(err, x.want) {
				t.Errorf("got %v, expected a fault with %q", err, x.want)
			}
		})
	}
}
