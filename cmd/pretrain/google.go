package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"gobert/bert"
	"gobert/data/corpus"
	googledata "gobert/data/pretraining/google"
	"gobert/data/wordpiece"
	"gobert/internal/cli"
	"gobert/internal/disk"
	"gobert/internal/fault"
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
func (d *dataVerb) google(ctx context.Context, s *cli.Streams, t *wordpiece.Tokenizer) error {
	o := googledata.Options{
		Seed: d.Seed, LowerCase: t.Lowercase(), WholeWords: d.DoWholeWordMask, Length: d.MaxSeqLength,
		MaxPredictions: d.MaxPredictionsPerSeq, Duplicates: d.DupeFactor, MaskRate: d.MaskedLMProb, ShortProb: d.ShortSeqProb,
	}
	if err := errors.Join(o.Validate(), d.googleFaults()); err != nil {
		return fault.Usage("%w", err)
	}
	vocabulary, err := vocabularyFile(d.Tokenizer)
	if err != nil {
		return fault.Usage("%w", err)
	}
	inputs, err := d.plainText(s)
	if err != nil {
		return err
	}
	var outputs []string
	for i := range d.Outputs {
		outputs = append(outputs, filepath.Join(d.Out, fmt.Sprintf("examples-%05d-of-%05d.tfrecord", i, d.Outputs)))
	}
	for _, path := range outputs {
		if _, err := os.Stat(path); err == nil && !d.Overwrite {
			return fault.Usage("{out}: %s is there already", path).Advise("give a new folder, or {overwrite}")
		}
	}
	// The tokenizer comes first: where there are records, there is what they are read with.
	undo, err := disk.MakeFolder(d.Out)
	if err != nil {
		return fault.New("{out}: %w", err)
	}
	defer undo() // what is not empty stays
	copied := filepath.Join(d.Out, googledata.TokenizerName)
	_, had := os.Stat(copied)
	if err := bert.Replace(copied, t.Save); err != nil {
		return fault.New("{out}: %w", err)
	}
	s.Log.Info(fmt.Sprintf("drawing examples of %d files, all in memory, as the original does", len(inputs)))
	n, err := googledata.Create(ctx, inputs, vocabulary, outputs, o)
	if err != nil && errors.Is(had, os.ErrNotExist) {
		err = errors.Join(err, os.RemoveAll(copied))
	}
	if err != nil {
		return err
	}
	m := googledata.Manifest{Tokenizer: t.Hash(), Vocabulary: t.Size(), Settings: o, Examples: n}
	for _, path := range inputs {
		m.Sources = append(m.Sources, googledata.Origin{Path: path, Size: sizeOf(path)})
	}
	for _, path := range outputs {
		m.Files = append(m.Files, filepath.Base(path))
	}
	if err := m.Write(d.Out); err != nil {
		return err
	}
	err = s.Statistics(d.JSON, map[string]any{"examples": n, "files": outputs},
		[][2]string{{"examples", fmt.Sprint(n)}, {"files", fmt.Sprintf("%d in %s", len(outputs), d.Out)}})
	if err == nil {
		words := []string{"train", "--data", d.Out, "--seq-length", fmt.Sprint(d.MaxSeqLength)}
		if tokens := int64(n * d.MaxSeqLength); tokens < smallCorpus {
			words = append(words, proposed(tokens, n)...)
		} else { // a recipe has lengths of its own
			words = append(words, "--model", "mini", "--budget", "1h", "--learning-rate", "1e-3")
		}
		s.Next(append(words, "--out", "run")...)
	}
	return err
}

// sizeOf is 0 for a file that is gone since it was read.
func sizeOf(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

// googleFaults finds flags that the original has no counterpart of.
func (d *dataVerb) googleFaults() error {
	var faults []error
	if d.Split != nil && *d.Split {
		faults = append(faults, fault.New("{split}: the original does not split lines").Advise("leave out {google} or {split}"))
	}
	if f := corpus.Format(d.Format); f != corpus.Auto && f != corpus.Text {
		faults = append(faults, fault.New("{format}: the original reads a sentence a line only, not %s", f).Advise("leave out {google}"))
	}
	return errors.Join(faults...)
}

// plainText lists the files, all of which must be what the original reads.
func (d *dataVerb) plainText(s *cli.Streams) ([]string, error) {
	sources, err := corpus.Inspect(d.options(s))
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, source := range sources {
		if source.Path == corpus.Stdin || source.Format != corpus.Text || source.Packed != "" || source.Coding != "utf-8" {
			return nil, fault.New("{google}: %s is %s %s %s, expected plain text in UTF-8, as the original reads", source.Path, source.Packed, source.Coding, source.Format).Advise("leave out {google}")
		}
		paths = append(paths, source.Path)
	}
	return paths, nil
}

// vocabularyFile finds the vocab.txt of a tokenizer.
func vocabularyFile(path string) (string, error) {
	info, err := os.Stat(path)
	if err == nil && !info.IsDir() {
		path = filepath.Dir(path)
		if filepath.Ext(info.Name()) == ".txt" {
			return filepath.Join(path, info.Name()), nil
		}
	}
	file := filepath.Join(path, "vocab.txt")
	if _, err := os.Stat(file); err != nil {
		return "", fault.New("{google}: the original needs a vocab.txt: %w", err)
	}
	return file, nil
}
