package bert_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gobert/bert"
	"gobert/heads"
)

// TestTransformersOpensWhatWeWrite saves heads of several kinds and lets the reference open them: no warning, nothing newly
// initialised, the same tensors bit for bit as in the folder they came from. GOBERT_PYTHON names a Python that has it.
func TestTransformersOpensWhatWeWrite(t *testing.T) {
	python := os.Getenv("GOBERT_PYTHON")
	if python == "" {
		t.Skip("GOBERT_PYTHON does not name a Python with transformers")
	}
	for name, build := range map[string]func(c bert.Config) (bert.Network, error){
		"pretraining":     func(c bert.Config) (bert.Network, error) { return heads.NewPretraining(c) },
		"masked_lm":       func(c bert.Config) (bert.Network, error) { return heads.NewMaskedLM(c) },
		"sequence_single": func(c bert.Config) (bert.Network, error) { return heads.NewSequence(c) },
		"token":           func(c bert.Config) (bert.Network, error) { return heads.NewToken(c) },
		"span":            func(c bert.Config) (bert.Network, error) { return heads.NewSpan(c) },
		"choice":          func(c bert.Config) (bert.Network, error) { return heads.NewChoice(c) },
	} {
		t.Run(name, func(t *testing.T) {
			source := filepath.Join("..", "testdata", "golden", name)
			c, err := bert.Open(context.Background(), source, nil)
			if err != nil {
				t.Fatal(err)
			}
			n, err := build(c.Config)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.Place(n, bert.Options{}); err != nil {
				t.Fatal(err)
			}
			defer n.Encoder().Close()
			folder := filepath.Join(t.TempDir(), "saved")
			if err := bert.Save(n, folder, bert.SaveOptions{}); err != nil {
				t.Fatal(err)
			}
			out, err := exec.Command(python, "testdata/opens.py", source, folder, n.Architecture()).CombinedOutput()
			if err != nil || !strings.Contains(string(out), "same") {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
