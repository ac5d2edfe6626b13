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

// TestEveryFormatComesBackBitForBit lets the reference write one model in every format it knows, loads each, saves it, in one
// file and in shards, and lets the reference open what came out.
func TestEveryFormatComesBackBitForBit(t *testing.T) {
	python := os.Getenv("GOBERT_PYTHON")
	if python == "" {
		t.Skip("GOBERT_PYTHON does not name a Python with transformers")
	}
	source := filepath.Join("..", "testdata", "golden", "pretraining")
	written := t.TempDir()
	if out, err := exec.Command(python, "testdata/formats.py", source, written, "BertForPreTraining").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, format := range []string{"single", "sharded", "bf16", "bin", "legacy", "sharded_bin"} {
		t.Run(format, func(t *testing.T) {
			c, err := bert.Open(context.Background(), filepath.Join(written, format), nil)
			if err != nil {
				t.Fatal(err)
			}
			n, err := heads.NewPretraining(c.Config)
			if err != nil {
				t.Fatal(err)
			}
			report, err := c.Place(n, bert.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer n.Bert.Close()
			if len(report.Initialized)+len(report.Unused) > 0 {
				t.Errorf("report %+v", report)
			}
			want := source
			if format == "bf16" {
				want = filepath.Join(written, format)
			}
			for _, o := range []bert.SaveOptions{{BF16: format == "bf16"}, {BF16: format == "bf16", ShardBytes: 30_000}} {
				folder := filepath.Join(t.TempDir(), "saved")
				if err := bert.Save(n, folder, o); err != nil {
					t.Fatal(err)
				}
				out, err := exec.Command(python, "testdata/opens.py", want, folder, n.Architecture()).CombinedOutput()
				if err != nil || !strings.Contains(string(out), "same") {
					t.Errorf("%+v: %v\n%s", o, err, out)
				}
			}
		})
	}
}
