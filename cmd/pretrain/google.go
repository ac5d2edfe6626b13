package main

import (
	"context"
	"fmt"
	"path/filepath"

	"gobert/data/pretraining/google"
	"gobert/internal/cli"
)

// googleFlags are the flags of create_pretraining_data.py, under its names where they are clear.
type googleFlags struct {
	Google               bool    `group:"Google" without:"join,part" help:"Write TFRecord files of fixed examples instead, with the very bytes of google-research/bert's create_pretraining_data.py."`
	Outputs              int     `default:"1" group:"Google" with:"google" least:"1" help:"Number of TFRecord files."`
	MaxSeqLength         int     `default:"128" group:"Google" with:"google" least:"5" help:"Tokens in an example."`
	MaxPredictionsPerSeq int     `default:"20" group:"Google" with:"google" least:"1" help:"Masked tokens in an example, at most."`
	DupeFactor           int     `default:"10" group:"Google" with:"google" least:"1" help:"How often the text is gone over, with other masks."`
	MaskedLMProb         float64 `name:"masked-lm-prob" default:"0.15" group:"Google" with:"google" most:"1" help:"Share of tokens to mask."`
	ShortSeqProb         float64 `default:"0.1" group:"Google" with:"google" most:"1" help:"Share of examples that are shorter."`
	DoWholeWordMask      bool    `group:"Google" with:"google" help:"Mask whole words."`
}

// google writes the examples of the original script.
func (d *dataVerb) google(ctx context.Context, s *cli.Streams) error {
	o := google.BuildOptions{
		Options: google.Options{
			Seed: d.Seed, WholeWords: d.DoWholeWordMask, Length: d.MaxSeqLength, MaxPredictions: d.MaxPredictionsPerSeq,
			Duplicates: d.DupeFactor, MaskRate: d.MaskedLMProb, ShortProb: d.ShortSeqProb,
		},
		Text: d.options(s), Tokenizer: d.Tokenizer, Folder: d.Out, Files: d.Outputs, Overwrite: d.Overwrite,
	}
	o.Text.Split = d.Split
	s.Log.Info("drawing examples, all in memory, as the original does")
	m, err := google.Build(ctx, o)
	if err != nil {
		return err
	}
	var files []string
	for _, name := range m.Files {
		files = append(files, filepath.Join(d.Out, name))
	}
	err = s.Statistics(d.JSON, map[string]any{"examples": m.Examples, "files": files},
		[][2]string{{"examples", fmt.Sprint(m.Examples)}, {"files", fmt.Sprintf("%d in %s", len(files), d.Out)}})
	if err == nil {
		words := []string{"train", "--data", d.Out, "--seq-length", fmt.Sprint(d.MaxSeqLength)}
		if tokens := int64(m.Examples * d.MaxSeqLength); tokens < smallCorpus {
			words = append(words, proposed(tokens, m.Examples)...)
		} else { // a recipe has lengths of its own
			words = append(words, "--model", "mini", "--budget", "1h", "--learning-rate", "1e-3")
		}
		s.Next(append(words, "--out", "run")...)
	}
	return err
}
