package pretrain

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"gobert/data"
	"gobert/data/corpus"
	"gobert/data/pretraining"
	"gobert/data/pretraining/texts"
	"gobert/data/wordpiece"
	"gobert/internal/cli"
	"gobert/internal/torch/standin"
	"gobert/internal/ui"
	"gobert/train"
)

// words is a small language: every sentence is "the ADJECTIVE NOUN VERB the NOUN .", so there is something to learn.
var words = map[string][]string{
	"adjective": {"old", "new", "red", "tall", "small", "happy"},
	"noun":      {"cat", "dog", "house", "tree", "man", "river", "bird", "road"},
	"verb":      {"saw", "found", "left", "liked", "passed"},
}

func vocabularyForTests() []string {
	list := []string{"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", ".", "##s"}
	for _, kind := range []string{"adjective", "noun", "verb"} {
		list = append(list, words[kind]...)
	}
	return list
}

// newCorpus builds a corpus of short documents, as 'pretrain data' does.
func newCorpus(t testing.TB, documents int) string {
	t.Helper()
	return corpusOf(t, documents, 4)
}

// corpusOf is newCorpus with documents of so many sentences at least.
func corpusOf(t testing.TB, documents, sentences int) string {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	pick := func(kind string) string { return words[kind][r.IntN(len(words[kind]))] }
	var text strings.Builder
	for range documents {
		for range sentences + r.IntN(6) {
			fmt.Fprintf(&text, "the %s %s %s the %s .\n", pick("adjective"), pick("noun"), pick("verb"), pick("noun"))
		}
		text.WriteString("\n")
	}
	folder := t.TempDir()
	path := filepath.Join(folder, "text.txt")
	if err := os.WriteFile(path, []byte(text.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	tokenizer, err := wordpiece.New(vocabularyForTests(), wordpiece.DefaultOptions(true))
	if err != nil {
		t.Fatal(err)
	}
	o := corpus.NewBuildOptions()
	o.Paths, o.Tokenizer, o.Folder, o.HeldOut = []string{path}, tokenizer, filepath.Join(folder, "corpus"), 0.2
	if _, err := corpus.Build(context.Background(), o); err != nil {
		t.Fatal(err)
	}
	return o.Folder
}

// parsed gives the configuration of a command line, through the parser that users have.
func parsed(t testing.TB, args ...string) (Config, error) {
	t.Helper()
	var verb struct {
		Train struct{ Config } `cmd:""`
	}
	parser, err := kong.New(&verb, kong.Bind(&cli.Presets{}), kong.Vars(Variables()))
	if err != nil {
		t.Fatal(err)
	}
	_, err = parser.Parse(append([]string{"train"}, args...))
	return verb.Train.Config, err
}

// config is a run of a very small model.
func config(t testing.TB, data, out string, args ...string) *Config {
	t.Helper()
	return sized(t, data, out, 32, args...)
}

// sized is config for a model of another width.
func sized(t testing.TB, data, out string, width int, args ...string) *Config {
	t.Helper()
	model := filepath.Join(filepath.Dir(data), "config.json")
	text := fmt.Sprintf(`{"model_type": "bert", "vocab_size": %d, "hidden_size": %d, "num_hidden_layers": 2, "num_attention_heads": 4,
		"intermediate_size": %d, "max_position_embeddings": 64}`, len(vocabularyForTests()), width, 2*width)
	if was, _ := os.ReadFile(model); string(was) != text { // other processes may be reading it
		if err := os.WriteFile(model, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	c, err := parsed(t, append([]string{
		"--data", data, "--out", out, "--model", model, "--seq-length", "24", "--batch", "8", "--device", standin.Device(), "--compute", "fp32",
		"--learning-rate", "1e-3", "--evaluate-sequences", "16", "--samples", "2", "--no-tensorboard", "--workers", "2", "--threads", "1",
	}, args...)...)
	if err != nil {
		t.Fatal(err)
	}
	return &c
}

// quiet is a run's talk that nobody hears.
func quiet() train.Talk {
	return train.Talk{Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Screen: ui.NewScreen(io.Discard, false)}
}

// heard keeps what a run says.
func heard(b *bytes.Buffer) train.Talk {
	return train.Talk{Log: slog.New(slog.NewTextHandler(b, nil)), Screen: ui.NewScreen(b, false)}
}

// opened opens a text, and draws so many of its held-out sequences (0: all).
func opened(t *testing.T, folder string, sequences int) (*texts.Texts, pretraining.Vocabulary, []*data.Batch) {
	t.Helper()
	x, err := texts.Open(texts.Options{Data: folder})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	v, err := texts.Vocabulary(x.Tokenizer)
	if err != nil {
		t.Fatal(err)
	}
	batches, err := heldout(x.Heldout, v, 24, true, sequences, 8)
	if err != nil {
		t.Fatal(err)
	}
	return x, v, batches
}

func TestBaselineIsThatOfFrequencies(t *testing.T) {
	x, v, batches := opened(t, newCorpus(t, 60), 0)
	base := unigram(x.Train, v.Size, x.Tokenizer.Token, batches)
	// Two of seven words of each sentence are "the": nothing is more frequent.
	if base.Token != "the" || base.Accuracy < 0.15 || base.Accuracy > 0.45 || base.Loss < 1.5 || base.Loss > 3.5 || base.Next < 0.5 {
		t.Errorf("baseline %+v", base)
	}
	again, err := heldout(x.Heldout, v, 24, true, 0, 8)
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(batches[0].MaskedRows) != fmt.Sprint(again[0].MaskedRows) {
		t.Error("held-out masks differ from one drawing to the next")
	}
}
