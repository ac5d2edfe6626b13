package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"gobert/bert"
	"gobert/heads"
	"gobert/internal/cli"
	"gobert/internal/disk"
	"gobert/internal/fault"
	"gobert/internal/hub"
	"gobert/internal/sentencetransformers"
	"gobert/internal/ui"
	"gobert/internal/weights"
	"gobert/task"
)

// quantizeVerb writes a model in eight-bit integers.
type quantizeVerb struct {
	From string `arg:"" name:"model" placeholder:"MODEL" help:"Any BERT: a run's folder, one of sentence-transformers, or a name on the hub. Adapters are merged first."`
	Out  string `arg:"" name:"out" placeholder:"OUT" help:"Folder for the quantized model."`
}

// Help gives an example.
func (*quantizeVerb) Help() string {
	return `Example:
  finetune quantize sst2 sst2-int8
  finetune predict sst2-int8 "a gripping, funny film"

The matrices of the encoder become int8 with a scale for each row, a quarter of fp32; heads, norms and biases stay as they are. The folder is
used as the model's own is, on the CPU, in products of 8-bit integers. It cannot be trained. docs/int8.md describes the format.`
}

// Run opens, quantizes and saves.
func (v *quantizeVerb) Run(ctx context.Context, s *cli.Streams) error {
	release, err := s.Claim(v.Out)
	if err != nil {
		return err
	}
	defer release()
	network := v.From // sentence-transformers may keep it in a folder below
	said, err := readSaid(v.From)
	if err != nil {
		return err
	}
	if said != nil {
		network = filepath.Join(v.From, said.Network)
	}
	m, err := task.Open(ctx, network, task.Options{Ready: true, Merge: true, Compute: "int8", Network: v.whole, Tell: cli.Downloads(s), Warn: s.Warn})
	if err != nil {
		return err
	}
	defer m.Close()
	if len(m.New) > 0 {
		return fault.New("%s lacks %s: it would be chance", v.From, strings.Join(m.New, ", "))
	}
	if names, err := bert.NotFinite(m.Network); err != nil {
		return err
	} else if len(names) > 0 {
		return fault.New("%s holds NaN or infinity in %s: expected numbers", v.From, strings.Join(names, ", ")).Advise("take a checkpoint from before they came")
	}
	var size int64
	err = bert.Replace(v.Out, func(folder string) error {
		to := folder
		if said != nil {
			to = filepath.Join(folder, said.Network)
		}
		if err := os.MkdirAll(to, 0o755); err != nil {
			return err
		}
		if err := m.Write(to, bert.SaveOptions{Card: quantizedCard(m)}); err != nil {
			return err
		}
		if err := carry(v.From, folder); err != nil {
			return err
		}
		size, err = sizeOf(filepath.Join(to, weights.ModelFile))
		return err
	})
	if err != nil {
		return err
	}
	before := int64(0)
	for _, p := range bert.Parameters(m.Network) {
		before += 4 * p.Numel()
	}
	s.Log.Info(fmt.Sprintf("%s of weights in fp32 are %s in int8, %.3f of it; the model is in %s", ui.Bytes(before), ui.Bytes(size), float64(size)/float64(before), v.Out))
	return nil
}

// readSaid reads what a folder of sentence-transformers says; nil for any other, and for a name.
func readSaid(name string) (*sentencetransformers.Model, error) {
	if info, err := os.Stat(name); err != nil || !info.IsDir() {
		return nil, nil //nolint:nilerr,nilnil // a name of the hub says nothing here
	}
	return sentencetransformers.Read(name)
}

// whole makes the network with everything that the checkpoint holds.
func (v *quantizeVerb) whole(c *bert.Checkpoint) (bert.Network, error) {
	masked, next := c.Has("cls.predictions.transform.dense.weight"), c.Has("cls.seq_relationship.weight")
	switch {
	case c.Quantized():
		return nil, fault.New("%s is int8 already: there is nothing to quantize", v.From)
	case task.For(c.Config) != nil:
		return nil, nil //nolint:nilnil // the task's own
	case masked && next:
		return heads.NewPretraining(c.Config)
	case masked:
		return heads.NewMaskedLM(c.Config)
	case next:
		return heads.NewNextSentence(c.Config)
	}
	return bert.New(c.Config, c.Has("pooler.dense.weight"))
}

// carry copies what a folder says beside its network: what a run was told, and what sentence-transformers does to its states.
func carry(from, to string) error {
	for _, pattern := range []string{"result.json", "modules.json", "sentence_bert_config.json", "config_sentence_transformers.json", "[0-9]*_*"} {
		found, err := filepath.Glob(filepath.Join(from, pattern))
		if err != nil {
			return err
		}
		for _, path := range found {
			if err := carryTree(path, filepath.Join(to, filepath.Base(path))); err != nil {
				return err
			}
		}
	}
	return nil
}

// carryTree copies a file, or a folder that holds no network.
func carryTree(from, to string) error {
	if disk.IsThere(filepath.Join(from, hub.TokenizerFiles()[0])) {
		return nil
	}
	return filepath.WalkDir(from, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		inside, err := filepath.Rel(from, path)
		switch target := filepath.Join(to, inside); {
		case err != nil:
			return err
		case e.IsDir():
			return os.MkdirAll(target, 0o755)
		default:
			return disk.Copy(path, target)
		}
	})
}

// quantizedCard is the model card.
func quantizedCard(m *task.Model) string {
	return fmt.Sprintf("---\nlibrary_name: gobert\nbase_model_relation: quantized\n---\n\n# %s, int8\n\nMade by `finetune quantize`: the matrices of the encoder are int8 with a scale for "+
		"each row (`*.weight` and `*.weight_scale`), in the format that compressed-tensors calls int-quantized. `finetune predict`, `eval` and `embed` open it, on the CPU.\n", m.Network.Architecture())
}

func sizeOf(path string) (int64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
