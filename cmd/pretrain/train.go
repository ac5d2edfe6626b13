package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/alecthomas/kong"

	"gobert/internal/cli"
	"gobert/internal/fault"
	"gobert/pretrain"
	"gobert/train"
	"gobert/train/run"
)

// trainVerb trains a model. All of its flags are pretrain.Config.
type trainVerb struct {
	pretrain.Config
	Named cli.Recipe `json:"-" name:"recipe" group:"Run" placeholder:"NAME" help:"Start from a recipe: bert-paper, roberta-like, 24h-one-gpu, laptop ('pretrain recipes' explains every number)."`
	File  cli.Config `json:"-" name:"config" group:"Run" placeholder:"FILE" help:"JSON file with flags: {\"batch\": 64, \"learning_rate\": 2e-4}. The command line wins. A run's own is RUN/run.json."`
}

// Help shows what people type.
func (t *trainVerb) Help() string {
	return `From text to a model in three commands:

    pretrain vocab text.txt --out vocab
    pretrain data text.txt --tokenizer vocab --out corpus
    pretrain train --data corpus --out run --recipe laptop

More:

    pretrain train --data corpus --out run --model base --steps 100k --batch 256 --compute bf16
    pretrain train --data corpus --out run --model google-bert/bert-base-uncased --epochs 3 --learning-rate 5e-5
    pretrain train --out run --resume auto                 goes on, also after a crash, to the same bits
    pretrain train --config run/run.json --out run2 --seed 2

Ctrl-C saves and ends; a second one ends at once.`
}

// Recipe gives the flags of a recipe.
func (t *trainVerb) Recipe(name string) (map[string]string, error) { return pretrain.FindRecipe(name) }

// BeforeResolve lets --resume take all settings from the run that goes on.
func (t *trainVerb) BeforeResolve(ctx *kong.Context, p *cli.Presets) error {
	var resume, out string
	for _, f := range ctx.Flags() {
		switch f.Name {
		case "resume":
			resume, _ = ctx.FlagValue(f).(string)
		case "out":
			out, _ = ctx.FlagValue(f).(string)
		}
	}
	if resume == "" || out == "" {
		return nil
	}
	path := filepath.Join(out, run.ConfigFile)
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return p.Fallback(path)
}

// Run trains.
func (t *trainVerb) Run(ctx context.Context, s *cli.Streams) error {
	out, err := pretrain.Train(ctx, &t.Config, cli.Talk(s))
	if errors.Is(err, train.ErrInterrupted) {
		return fault.New("%w", err).Advise("%s train {out} %s {resume} auto", s.Command, t.Out)
	}
	if err != nil {
		return err
	}
	if s.Quiet || out.Rank > 0 {
		return nil
	}
	s.Log.Info("done", "steps", out.State.Step, "tokens", out.State.Tokens, "time", out.State.Elapsed.Round(time.Second))
	fmt.Fprintf(s.Err, "%s: %s\n", out.Label, pretrain.Describe(out.Measured))
	fmt.Fprintf(s.Err, "baseline: mlm %.4f, accuracy %.4f (token frequencies)", out.Baseline.Loss, out.Baseline.Accuracy)
	if t.NSP {
		fmt.Fprintf(s.Err, "; nsp accuracy %.4f (always the same answer)", out.Baseline.Next)
	}
	fmt.Fprintf(s.Err, "\nThe model is in %[2]s, the best one in %[2]s/%[3]s; %[1]s plot %[2]s and %[1]s report %[2]s show the run.\n",
		s.Command, t.Out, train.BestFolder)
	s.Next("fill", t.Out, "The man went to the [MASK].")
	s.Next("eval", t.Out, "--data", t.Data)
	return nil
}
