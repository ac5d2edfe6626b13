package main

import (
	"context"
	"fmt"
	"os"

	"gobert/data"
	"gobert/data/corpus"
	"gobert/data/wordpiece"
	"gobert/internal/cli"
	"gobert/internal/fault"
	"gobert/internal/ui"
)

// partFlags divide the work among machines.
type partFlags struct {
	Part data.Part `type:"part" placeholder:"I/N" group:"Several machines" without:"join" help:"Make one part of N, which other machines make the others of, with the same settings: 1/16 to 16/16."`
	Join bool      `group:"Several machines" help:"Make the corpus of the parts that lie in --out, and remove them. They know all settings."`
}

// asked sees whether the text and the tokenizer are named, or known to the parts.
func (d *dataVerb) asked() error {
	switch {
	case d.Join && len(d.Text) > 0:
		return fault.Usage("{join} takes no text: what the parts were made of, they know").Advise("leave it out: pretrain data {join} {out} %s", ui.Quoted(d.Out))
	case d.Join:
		if _, err := os.Stat(d.Out); err != nil {
			return fault.Usage("{out}: %w", err).Advise("the folder that the parts were made in")
		}
		return nil
	case len(d.Text) == 0:
		return fault.Usage("no text given, expected files, folders, patterns or - for standard input")
	case d.Tokenizer == "":
		return fault.Usage("{tokenizer} is missing: the folder of a tokenizer, tokenizer.json, or vocab.txt").Advise("pretrain vocab makes one")
	}
	return nil
}

// part makes one part.
func (d *dataVerb) part(ctx context.Context, s *cli.Streams, t *wordpiece.Tokenizer) error {
	o, err := d.building(s, t)
	if err != nil {
		return err
	}
	release, err := s.Claim(corpus.PartFolder(d.Out, d.Part))
	if err != nil {
		return err
	}
	defer release()
	p := s.Progress()
	o.Progress = progress(s, p)
	m, err := corpus.BuildPart(ctx, o, d.Part)
	p.Done()
	if err != nil {
		return goesOn(ctx, err)
	}
	all := m.Statistics
	err = s.Statistics(d.JSON, m, [][2]string{
		{"part", fmt.Sprintf("%v in %s", d.Part, corpus.PartFolder(d.Out, d.Part))},
		{"text", fmt.Sprintf("%s, %.1f s", ui.Bytes(all.Bytes), p.Took().Seconds())},
		{"sentences", fmt.Sprint(all.Sentences)},
		{"tokens", fmt.Sprint(all.Tokens)},
	})
	if err != nil {
		return err
	}
	if all.Bytes == 0 {
		s.Log.Info(fmt.Sprintf("the text is too short for %d parts: nothing of it is for this one", d.Part.Of))
	}
	found, err := corpus.Parts(d.Out)
	if err != nil {
		return err
	}
	if missing := corpus.Missing(found); missing != "" {
		s.Log.Info(fmt.Sprintf("still to be begun, or elsewhere: of %d parts %s", d.Part.Of, missing))
		return nil
	}
	s.Next("data", "--join", "--out", d.Out)
	return nil
}

// join makes a corpus of all parts.
func (d *dataVerb) join(ctx context.Context, s *cli.Streams) error {
	release, err := s.Claim(d.Out, corpus.TrainName, corpus.HeldOutName)
	if err != nil {
		return err
	}
	defer release()
	found, err := corpus.Parts(d.Out)
	if err != nil {
		return err
	}
	for _, part := range found { // nobody makes one anew meanwhile
		folder := corpus.PartFolder(d.Out, part)
		release, err := s.Claim(folder)
		if err != nil {
			return err
		}
		defer func() {
			release()
			_ = os.Remove(folder) // where it was joined, nothing is left in it
		}()
	}
	p := s.Progress()
	m, err := corpus.Join(ctx, corpus.JoinOptions{Folder: d.Out, Overwrite: d.Overwrite, Progress: progress(s, p)})
	p.Done()
	if err != nil {
		return goesOn(ctx, err)
	}
	t, err := wordpiece.Open(corpus.TokenizerOf(d.Out))
	if err != nil {
		return err
	}
	d.Heldout = m.Settings.HeldOut
	return d.finish(s, t, m, p.Took())
}
