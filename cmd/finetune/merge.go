package main

import (
	"context"
	"fmt"

	"gobert/bert"
	"gobert/internal/cli"
	"gobert/internal/fault"
	"gobert/task"
)

// mergeVerb adds adapters to the weights below them.
type mergeVerb struct {
	From string `arg:"" name:"run" placeholder:"RUN" help:"Folder with adapter_config.json, of a run with --lora or of PEFT."`
	Out  string `required:"" placeholder:"DIR" group:"Output" help:"Folder for the merged model."`
	BF16 bool   `name:"bf16" group:"Output" help:"Write the weights in bfloat16."`
}

// Help gives an example.
func (*mergeVerb) Help() string {
	return `Example:
  finetune merge cola-lora --out cola

The folder holds the sum of the model and its adapters: it needs neither of them, nor PEFT.`
}

// Run opens, merges and saves.
func (v *mergeVerb) Run(ctx context.Context, s *cli.Streams) error {
	release, err := s.Claim(v.Out)
	if err != nil {
		return err
	}
	defer release()
	m, err := task.Open(ctx, v.From, task.Options{Merge: true, Tell: cli.Downloads(s), Warn: s.Warn})
	if err != nil {
		return err
	}
	defer m.Close()
	if m.Adapter == nil {
		return fault.Usage("%s has no adapters: there is nothing to merge", v.From)
	}
	err = bert.Replace(v.Out, func(folder string) error { return m.Write(folder, bert.SaveOptions{BF16: v.BF16}) })
	if err == nil {
		s.Log.Info(fmt.Sprintf("%d adapters of rank %d merged; the model is in %s", len(m.Adapter.Maps), m.Adapter.Rank, v.Out))
	}
	return err
}
