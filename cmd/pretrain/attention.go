package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"gobert/internal/cli"
	"gobert/internal/fault"
	"gobert/pipeline"
)

// attentionVerb shows which token looks at which.
type attentionVerb struct {
	Model string   `arg:"" placeholder:"MODEL" help:"Run, checkpoint, model folder, or name on the Hugging Face hub."`
	Texts []string `arg:"" optional:"" help:"Texts; \"A [SEP] B\" is a pair. None: lines of standard input."`
	Token string   `short:"t" placeholder:"WORD" help:"The token that looks, each time that it occurs. Default: every token."`
	Layer int      `default:"0" least:"0" help:"One layer, from 1 on. 0: all."`
	Top   int      `short:"k" default:"3" least:"1" help:"Tokens shown on each side: those that are looked at most."`
	JSON  bool     `name:"json" help:"Write one JSON object for each text, with all weights."`
	cli.Computing
}

// Help shows what people type.
func (a *attentionVerb) Help() string {
	return `    pretrain attention run "The cat sat on it because it was a nice rug." --token it
    pretrain attention run "The cat slept. [SEP] It was tired." --layer 2
    pretrain attention run --json < lines.txt > weights.jsonl

In every layer each head lets each token look at all tokens at once, at those before it and at those after it. A line is a head:
how much of its attention goes to each side and to the token itself, in percent, and to which tokens most.`
}

// Run answers.
func (a *attentionVerb) Run(ctx context.Context, s *cli.Streams) error {
	if a.JSON && (a.Token != "" || a.Layer != 0) {
		return fault.Usage("--json writes all weights: expected neither --token nor --layer beside it")
	}
	o, err := a.Opening(s)
	if err != nil {
		return err
	}
	p, err := pipeline.Open(ctx, a.Model, o)
	if err != nil {
		return err
	}
	defer p.Close()
	if layers := p.Model.Attending().Layers; a.Layer > layers {
		return fault.Usage("--layer %d: %s has %d", a.Layer, a.Model, layers)
	}
	return eachBatch(ctx, s, a.Texts, func(texts []string) error {
		attended, err := p.Attend(ctx, texts)
		if err != nil {
			return err
		}
		for _, x := range attended {
			if a.JSON {
				err = cli.JSON(s.Out, x)
			} else {
				err = a.print(s.Out, x)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func (a *attentionVerb) print(w io.Writer, x pipeline.Attended) error {
	places := make([]int, len(x.Tokens))
	for i := range places {
		places[i] = i
	}
	if a.Token != "" {
		var err error
		if places, err = x.Places(a.Token); err != nil {
			return err
		}
	}
	var b strings.Builder
	for _, at := range places {
		shown := slices.Clone(x.Tokens)
		shown[at] = "<" + shown[at] + ">"
		fmt.Fprintf(&b, "%s\nlayer head  before it%18s  itself  after it\n", strings.Join(shown, " "), "")
		for _, h := range x.Heads {
			if a.Layer != 0 && h.Layer != a.Layer {
				continue
			}
			row := h.Weights[at]
			before, after := a.side(x.Tokens[:at], row[:at]), a.side(x.Tokens[at+1:], row[at+1:])
			fmt.Fprintf(&b, "%5d %4d  %-27s  %5.0f%%  %s\n", h.Layer, h.Head, before, 100*row[at], after)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// side is what goes to the tokens of one side, and to which of them most.
func (a *attentionVerb) side(tokens []string, weights []float32) string {
	var sum float32
	order := make([]int, len(tokens))
	for i, w := range weights {
		order[i] = i
		sum += w
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(weights[j], weights[i]) })
	text := fmt.Sprintf("%3.0f%%", 100*sum)
	for _, i := range order[:min(a.Top, len(order))] {
		text += fmt.Sprintf("  %s %.0f", tokens[i], 100*weights[i])
	}
	return text
}
