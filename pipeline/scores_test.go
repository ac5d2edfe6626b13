package pipeline

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gobert/data/labelled"
	"gobert/data/labelled/features"
	"gobert/internal/testkit"
	"gobert/task"
)

// TestScoresBecomeWhatTheFolderSays: all outputs of a regression, a probability of a single label, and what a cross-encoder's
// folder says of its score in each of its forms.
func TestScoresBecomeWhatTheFolderSays(t *testing.T) {
	folders, err := filepath.Glob(filepath.Join("testdata", "scores", "*"))
	if err != nil || len(folders) != 6 {
		t.Fatalf("%d folders, %v", len(folders), err)
	}
	for _, folder := range folders {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			var expected struct {
				Pairs  [][2]string
				Values [][]float32
			}
			text, err := os.ReadFile(filepath.Join(folder, "expected.json"))
			if err == nil {
				err = json.Unmarshal(text, &expected)
			}
			if err != nil {
				t.Fatal(err)
			}
			p, err := Open(t.Context(), folder, Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer p.Close()
			classes, err := p.ClassifyPairs(t.Context(), expected.Pairs)
			if err != nil {
				t.Fatal(err)
			}
			var got, want []float32
			for i, c := range classes {
				for _, v := range c.Values {
					got = append(got, v.Value)
				}
				if len(c.Values) == 0 {
					got = append(got, c.Value)
				}
				want = append(want, expected.Values[i]...)
			}
			testkit.Compare(t, "values", got, want, 1e-6)
		})
	}
}

// TestSeveralNumbersCannotBeMeasured: labelled data has one number for a text.
func TestSeveralNumbersCannotBeMeasured(t *testing.T) {
	m, err := task.Open(context.Background(), filepath.Join("testdata", "scores", "several"), task.Options{Ready: true})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	_, err = m.Features([]labelled.Example{{Text: "a boat", Labels: []string{"1"}, Labelled: true}}, features.Options{}, labelled.Stop)
	if err == nil || !strings.Contains(err.Error(), "3 numbers") {
		t.Errorf("got %v", err)
	}
}

// TestAnUnknownActivationIsRefused names the file and the key.
func TestAnUnknownActivationIsRefused(t *testing.T) {
	for _, c := range []struct{ from, file, old, instead, want string }{
		{"identity", "config.json", "torch.nn.modules.linear.Identity", "mine.Squash", "config.json: sentence_transformers: \"mine.Squash\""},
		{"identity", "config.json", "torch.nn.modules.linear.Identity", "torch.nn.Tanh", "Sigmoid or Identity"},
		{"sigmoid", "config.json", "torch.nn.modules.activation.Sigmoid", "mine.Squash", "sbert_ce_default_activation_function"},
		{"encoder", "config_sentence_transformers.json", "torch.nn.modules.linear.Identity", "mine.Squash", "config_sentence_transformers.json: activation_fn"},
		{"encoder", "config_sentence_transformers.json", `"default_prompt_name": null`, `"default_prompt_name": "query"`, "default_prompt_name"},
	} {
		folder := t.TempDir()
		if err := os.CopyFS(folder, os.DirFS(filepath.Join("testdata", "scores", c.from))); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(folder, c.file)
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(strings.Replace(string(text), c.old, c.instead, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		m, err := task.Open(context.Background(), folder, task.Options{Ready: true})
		if err == nil {
			_ = m.Close()
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", c.instead, err, c.want)
		}
	}
}
