package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gobert/data/labelled"
	"gobert/task"
)

// TestManyGoroutinesShareAPipeline: each gets what it would get alone, and hears of its own long texts. Run it with -race.
func TestManyGoroutinesShareAPipeline(t *testing.T) {
	p := tagger(t, Options{MaxLength: 16, Stride: 4})
	texts := func(i int) []string {
		return []string{"boats near oslo", strings.Repeat("boats walked under holm near rivers ", i), "holm"}
	}
	ask := func(i int) (string, error) {
		entities, err := p.Tag(t.Context(), texts(i))
		vectors, err2 := p.Embed(t.Context(), texts(i)[:1])
		long, err3 := p.Score(t.Context(), 0, labelled.Given(plain(texts(i))),
			func(*task.Scored) error { return nil })
		return fmt.Sprint(entities, vectors, long), errors.Join(err, err2, err3)
	}
	if _, err := ask(0); err != nil { // a model's first pass rounds otherwise: see [bert.Model.Reorder]
		t.Fatal(err)
	}
	var want []string
	for i := range 8 {
		text, err := ask(i)
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, text)
	}
	got, faults := make([]string, len(want)), make([]error, len(want))
	var group sync.WaitGroup
	for i := range want {
		group.Go(func() { got[i], faults[i] = ask(i) })
	}
	group.Wait()
	if err := errors.Join(faults...); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !strings.HasSuffix(want[0], " 0") || !strings.HasSuffix(want[7], " 1") {
		t.Errorf("long texts: %q, %q", want[0], want[7])
	}
}

// TestCallsThatDoNotFit name the folder, the call, and what fits.
func TestCallsThatDoNotFit(t *testing.T) {
	tags := tagger(t, Options{})
	numbers, err := Open(t.Context(), filepath.Join("testdata", "scores", "one"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer numbers.Close()
	vectors, err := Open(t.Context(), filepath.Join("testdata", "sentences", "cls"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer vectors.Close()
	for want, call := range map[string]func(ctx context.Context) error{
		"Classify of testdata/windows: the model is for tag (hint: call Tag or TagWords)": func(ctx context.Context) error {
			_, err := tags.Classify(ctx, []string{"boats"})
			return err
		},
		"Answer of testdata/scores/one: the model is for classify (hint: call Classify or ClassifyPairs)": func(ctx context.Context) error {
			_, err := numbers.Answer(ctx, []Question{{"what?", "boats"}})
			return err
		},
		"Choose of testdata/sentences/cls: the model is not fine-tuned for a task (hint: finetune train --model testdata/sentences/cls --task ...)": func(ctx context.Context) error {
			_, err := vectors.Choose(ctx, []Prompt{{"boats", []string{"a", "b"}}})
			return err
		},
		"Fill of testdata/windows: the model has no head for masks (hint: give one that was pretrained, with cls.predictions in it)": func(ctx context.Context) error {
			_, err := tags.Fill(ctx, []string{"[MASK]"})
			return err
		},
		"Next of testdata/sentences/cls: the model has no head for next sentences (hint: it was trained without that task, or for another one)": func(ctx context.Context) error {
			_, err := vectors.Next(ctx, [][2]string{{"a", "b"}})
			return err
		},
	} {
		err := call(t.Context())
		var wrong *PurposeError
		if !errors.As(err, &wrong) || err.Error() != "pipeline: "+want {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// TestAnswersToNothing: a context without a word has no answer, and nobody is sure of it.
func TestAnswersToNothing(t *testing.T) {
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS(filepath.Join("..", "testdata", "golden", "span"))); err != nil {
		t.Fatal(err)
	}
	words := "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nwhat\nboats\n"
	for i := strings.Count(words, "\n"); i < 67; i++ {
		words += fmt.Sprintf("w%d\n", i)
	}
	if err := os.WriteFile(filepath.Join(folder, "vocab.txt"), []byte(words), 0o600); err != nil {
		t.Fatal(err)
	}
	p := opened(t, folder)
	answers, err := p.Answer(t.Context(), []Question{{"what", ""}, {"what", " "}, {"what", "boats"}})
	if err != nil {
		t.Fatal(err)
	}
	for i, a := range answers {
		if nothing := i < 2; (a.Text == "") != nothing || (a.Score == 0) != nothing {
			t.Errorf("question %d: %+v", i, a)
		}
	}
}

// TestNothingToReadFrom: a stream of no reader is an error, and of whoever asks.
func TestNothingToReadFrom(t *testing.T) {
	p := tagger(t, Options{})
	for _, err := range p.Stream(t.Context(), nil) {
		if err == nil || !strings.Contains(err.Error(), "the reader is nil") {
			t.Error(err)
		}
	}
}
