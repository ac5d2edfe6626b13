package main

import (
	"context"
	"fmt"

	"gobert/internal/cli"
	"gobert/pretrain"
)

// evalVerb measures a model.
type evalVerb struct {
	Model string `arg:"" placeholder:"MODEL" help:"Run, checkpoint, model folder, or name on the Hugging Face hub."`
	pretrain.Measuring
	cli.Computing
	JSON bool `name:"json" help:"Write the measures as one JSON object."`
}

// Help shows what people type.
func (e *evalVerb) Help() string {
	return `    pretrain eval run --data corpus
    pretrain eval google-bert/bert-base-uncased --data corpus --sequences 2000 --json

Masks and pairs are always the same, so that models compare, and are drawn as BERT's: 15 % of the tokens, one by one.`
}

// Run measures.
func (e *evalVerb) Run(ctx context.Context, s *cli.Streams) error {
	o, err := e.Opening(s)
	if err != nil {
		return err
	}
	m, err := pretrain.Measure(ctx, e.Model, e.Measuring, o)
	if err != nil {
		return err
	}
	if e.JSON {
		return cli.JSON(s.Out, m)
	}
	row := func(name string, value, base float64) { fmt.Fprintf(s.Out, "%-14s %10.4f %10.4f\n", name, value, base) }
	fmt.Fprintf(s.Out, "%-14s %10s %10s\n", "", "model", "baseline")
	row("MLM loss", m.MaskedLoss, m.Baseline.Loss)
	row("perplexity", m.Perplexity, m.Baseline.Perplexity())
	row("MLM accuracy", m.MaskedAccuracy, m.Baseline.Accuracy)
	if m.HasNext {
		row("NSP loss", m.NextLoss, m.Baseline.NextLoss())
		row("NSP accuracy", m.NextAccuracy, m.Baseline.Next)
	}
	if !s.Quiet {
		fmt.Fprintf(s.Err, "%d sequences, %d masked tokens; the baseline knows token frequencies (%q is most frequent), or always gives one answer\n",
			m.Sequences, m.Masked, m.Baseline.Token)
	}
	return nil
}
