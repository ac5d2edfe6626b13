package pipeline

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gobert/data/labelled"
	"gobert/task"
)

// asks are calls of pipelines that were fine-tuned, pretrained, and made for vectors.
func asks(t *testing.T) map[string]func(ctx context.Context, texts []string) (int, error) {
	tags := tagger(t, Options{})
	scores := opened(t, filepath.Join("testdata", "scores", "one"))
	return map[string]func(ctx context.Context, texts []string) (int, error){
		"Tag": func(ctx context.Context, texts []string) (int, error) {
			list, err := tags.Tag(ctx, texts)
			return len(list), err
		},
		"Classify": func(ctx context.Context, texts []string) (int, error) {
			list, err := scores.Classify(ctx, texts)
			return len(list), err
		},
		"Embed": func(ctx context.Context, texts []string) (int, error) {
			list, err := scores.Embed(ctx, texts)
			return len(list), err
		},
		"Stream": func(ctx context.Context, texts []string) (n int, _ error) {
			for _, err := range tags.Stream(ctx, labelled.Given(plain(texts))) {
				if err != nil {
					return n, err
				}
				n++
			}
			return n, nil
		},
	}
}

func opened(t *testing.T, folder string) *Pipeline {
	t.Helper()
	p, err := Open(t.Context(), folder, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

// TestCallsWithLittleOrNoTime: no texts and texts without a word have as many results; a context that is over ends a call.
func TestCallsWithLittleOrNoTime(t *testing.T) {
	over, stop := context.WithCancel(t.Context())
	stop()
	for name, ask := range asks(t) {
		for _, texts := range [][]string{nil, {}, {""}, {" \n", "boats", ""}} {
			if n, err := ask(t.Context(), texts); err != nil || n != len(texts) {
				t.Errorf("%s of %q gives %d results, %v", name, texts, n, err)
			}
		}
		if n, err := ask(over, []string{"boats"}); !errors.Is(err, context.Canceled) || n != 0 {
			t.Errorf("%s: %d results, %v", name, n, err)
		}
	}
}

// TestAClosedPipelineSaysSo: closing again does nothing, and whoever asks then gets an error.
func TestAClosedPipelineSaysSo(t *testing.T) {
	for _, compute := range []string{"fp32", "bf16"} { // in the mapped file, and in flat memory
		p, err := Open(t.Context(), filepath.Join("testdata", "windows"), Options{Compute: compute})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := p.Close(); err != nil {
				t.Error(err)
			}
		}
		for range 3 { // the second pass would pack the weights
			if _, err := p.Tag(t.Context(), []string{"boats"}); err == nil || !strings.Contains(err.Error(), "the model is closed") {
				t.Errorf("%s: Tag: %v", compute, err)
			}
			if _, err := p.Embed(t.Context(), []string{"boats"}); err == nil || !strings.Contains(err.Error(), "the model is closed") {
				t.Errorf("%s: Embed: %v", compute, err)
			}
		}
	}
}

// TestWhatIsNoModelIsNamed: a file of weights opens; what is no folder of a model is told so, by its name.
func TestWhatIsNoModelIsNamed(t *testing.T) {
	t.Setenv("HF_HUB_OFFLINE", "1")
	if _, err := opened(t, filepath.Join("testdata", "windows", "model.safetensors")).Tag(t.Context(), []string{"boats"}); err != nil {
		t.Error(err)
	}
	for name, want := range map[string]string{"doors_test.go": "holds no model", t.TempDir(): "it is empty", "nowhere": `"nowhere"`} {
		if _, err := Open(t.Context(), name, Options{}); err == nil || !strings.HasPrefix(err.Error(), "bert: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// counting reads examples without an end, but for one row that is faulty, and counts them.
type counting struct{ read, faulty int }

func (c *counting) Next() (labelled.Example, error) {
	if c.read++; c.read == c.faulty {
		return labelled.Example{}, labelled.Fault(labelled.Origin{File: "rows", Record: c.read}, "odd")
	}
	return labelled.Example{Text: "boats near oslo"}, nil
}

func (c *counting) Close() error { return nil }

// TestAStreamCanBeLeft: a faulty row is told and passed; after the loop nobody reads any more.
func TestAStreamCanBeLeft(t *testing.T) {
	p, r := tagger(t, Options{}), &counting{faulty: 2}
	var got []*task.Prediction
	var faults []error
	for x, err := range p.Stream(t.Context(), r) {
		if got, faults = append(got, x), append(faults, err); len(got) == 4 {
			break
		}
	}
	before := r.read
	if slices.Contains(got, nil) || got[0].Entities == nil || faults[1] == nil || got[1].Error == "" || faults[2] != nil {
		t.Errorf("predictions %v, faults %v", got, faults)
	}
	for range 100 {
		if r.read != before {
			t.Fatal("the reader is still read")
		}
	}
}
