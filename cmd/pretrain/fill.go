package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"

	"gobert/internal/cli"
	"gobert/internal/fault"
	"gobert/pipeline"
)

// fillVerb guesses masked words.
type fillVerb struct {
	Model string   `arg:"" placeholder:"MODEL" help:"Run, checkpoint, model folder, or name on the Hugging Face hub."`
	Texts []string `arg:"" optional:"" help:"Texts with [MASK] in them. None: lines of standard input."`
	Top   int      `short:"k" default:"5" least:"1" help:"Guesses for each mask."`
	JSON  bool     `name:"json" help:"Write one JSON object for each text."`
	cli.Computing
}

// Help shows what people type.
func (f *fillVerb) Help() string {
	return `    pretrain fill run "The cat sat on it because it was a nice [MASK]."
    pretrain fill run -k 10 "The [MASK] [MASK] was closed."     both masks, each and together
    pretrain fill run --json < lines.txt > guesses.jsonl`
}

// lines are answered together: enough to fill the machine.
const lines = 32

// Run answers.
func (f *fillVerb) Run(ctx context.Context, s *cli.Streams) error {
	o, err := f.Opening(s)
	if err != nil {
		return err
	}
	o.Top = f.Top
	p, err := pipeline.Open(ctx, f.Model, o)
	if err != nil {
		return err
	}
	defer p.Close()
	return eachBatch(ctx, s, f.Texts, func(texts []string) error {
		filled, err := p.Fill(ctx, texts)
		if err != nil {
			return err
		}
		for _, x := range filled {
			if err := f.print(s, x); err != nil {
				return err
			}
		}
		return nil
	})
}

func (f *fillVerb) print(s *cli.Streams, x pipeline.Filled) error {
	if f.JSON {
		return cli.JSON(s.Out, x)
	}
	var b strings.Builder
	if len(x.Masks) > 1 {
		b.WriteString(x.Text + "\n")
	}
	for i, guesses := range x.Masks {
		if len(x.Masks) > 1 {
			fmt.Fprintf(&b, "mask %d\n", i+1)
		}
		for _, g := range guesses {
			shown := ""
			if len(x.Masks) == 1 {
				shown = "  " + strings.Replace(x.Text, "[MASK]", strings.TrimPrefix(g.Token, "##"), 1)
			}
			fmt.Fprintf(&b, "%7.4f  %-16s%s\n", g.Probability, g.Token, shown)
		}
	}
	if len(x.Masks) > 1 {
		fmt.Fprintf(&b, "together\n%7.4f  %s\n", x.Probability, x.Filled)
	}
	_, err := io.WriteString(s.Out, b.String())
	return err
}

// eachBatch hands over the texts given, or the lines of standard input, some at a time.
func eachBatch(ctx context.Context, s *cli.Streams, texts []string, f func([]string) error) error {
	flush := func() error {
		if len(texts) == 0 || ctx.Err() != nil {
			return ctx.Err()
		}
		defer func() { texts = nil }()
		return f(texts)
	}
	if len(texts) > 0 {
		return flush()
	}
	if cli.IsTerminal(s.In) {
		fmt.Fprintln(s.Err, "one text a line; Ctrl-D ends")
	}
	size := lines
	if cli.IsTerminal(s.In) {
		size = 1 // a person waits for the answer
	}
	scanner := bufio.NewScanner(s.In)
	const longest = 1 << 24
	scanner.Buffer(nil, longest)
	some := cli.IsTerminal(s.In) // a person may leave it at that
	for scanner.Scan() {
		if text := strings.TrimSpace(scanner.Text()); text != "" {
			texts, some = append(texts, text), true
		}
		if len(texts) == size {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if err := scanner.Err(); err != nil {
		return fmt.Errorf("standard input: %w", err)
	}
	if !some {
		return fault.New("standard input: no text").Advise("give a text as an argument, or pipe lines in")
	}
	return flush()
}
