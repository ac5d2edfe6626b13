package main

import (
	"context"
	"fmt"
	"strings"

	"gobert/internal/cli"
	"gobert/internal/fault"
	"gobert/pipeline"
)

// nextVerb judges whether one text follows another.
type nextVerb struct {
	Model string `arg:"" placeholder:"MODEL" help:"Run, checkpoint, model folder, or name on the Hugging Face hub."`
	A     string `arg:"" optional:"" help:"The first text. Without it: lines of standard input, both texts with a tab between."`
	B     string `arg:"" optional:"" help:"The second text."`
	JSON  bool   `name:"json" help:"Write one JSON object for each pair."`
	cli.Computing
}

// Help shows what people type.
func (n *nextVerb) Help() string {
	return `    pretrain next run "He bought milk." "Then he went home."
    pretrain next run --json < pairs.tsv`
}

// judged is a pair and the answer.
type judged struct {
	A           string  `json:"a"`
	B           string  `json:"b"`
	Probability float64 `json:"probability"` // that B follows A
}

// Run answers.
func (n *nextVerb) Run(ctx context.Context, s *cli.Streams) error {
	if (n.A == "") != (n.B == "") {
		return fault.Usage("one text is missing").Advise("%s next %s \"A\" \"B\"", s.Command, n.Model)
	}
	o, err := n.Opening(s)
	if err != nil {
		return err
	}
	p, err := pipeline.Open(ctx, n.Model, o)
	if err != nil {
		return err
	}
	defer p.Close()
	var given []string
	if n.A != "" {
		given = []string{strings.ReplaceAll(n.A, "\t", " ") + "\t" + n.B}
	}
	return eachBatch(ctx, s, given, func(texts []string) error {
		pairs := make([][2]string, len(texts))
		for i, text := range texts {
			a, b, ok := strings.Cut(text, "\t")
			if !ok {
				return fmt.Errorf("%q is one text: expected two with a tab between", text)
			}
			pairs[i] = [2]string{a, b}
		}
		follows, err := p.Next(ctx, pairs)
		if err != nil {
			return err
		}
		for i, pair := range pairs {
			if n.JSON {
				err = cli.JSON(s.Out, judged{pair[0], pair[1], follows[i]})
			} else {
				_, err = fmt.Fprintf(s.Out, "%.4f  %s | %s\n", follows[i], pair[0], pair[1])
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}
