package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"gobert/data/labelled"
	"gobert/data/labelled/dataset"
	"gobert/finetune"
	"gobert/internal/cli"
	"gobert/internal/fault"
	"gobert/internal/ui"
	"gobert/train"
)

// trainVerb trains a model for a task. What a run is told is finetune.Settings.
type trainVerb struct {
	finetune.Settings
	datasetFlags
	Seeds           []uint64   `placeholder:"N,N,..." group:"Run" help:"Run once with each, and report mean, deviation and best."`
	KeepCheckpoints bool       `group:"Checkpoints" help:"Keep the checkpoints, with the optimizer's state, after the run."`
	Cfg             cli.Config `name:"config" placeholder:"FILE" group:"Run" help:"JSON file with values of flags; the command line wins."`
}

// Help gives examples.
func (*trainVerb) Help() string {
	return `Examples:
  finetune train --model bert-base-uncased --task sst-2 --data glue/SST-2 --out sst2
  finetune train --model run --task classify --data reviews.csv --text-column review --label-column stars --out stars
  finetune train --model run --task tag --data wnut17 --epochs 5 --out entities
  finetune train --model run --task squad --data squad_v1.1 --batch 16 --out answers
  finetune train --model run --task rte --data RTE --seeds 1,2,3 --learning-rate 2e-5,3e-5,5e-5 --batch 16,32 --out grid
  finetune train --model run --task cola --data CoLA --lora --learning-rate 5e-4 --merge --out cola

The folder opens in transformers: pipeline("text-classification", "sst2").`
}

// Run trains once, or a grid.
func (v *trainVerb) Run(ctx context.Context, s *cli.Streams, several cli.Grid) error {
	if strings.EqualFold(v.Task, "mlm") {
		return v.handOver(s)
	}
	if _, _, err := v.Resolve(); err != nil {
		return err
	}
	settings, grid, err := v.checked(several)
	if err != nil {
		return fault.Usage("%w", err)
	}
	data, sources, err := v.open(v.Task, s)
	if err != nil {
		return err
	}
	job := finetune.Job{Settings: settings, Talk: cli.Talk(s), Data: data, Sources: sources, Columns: v.columns(), KeepAll: v.KeepCheckpoints}
	if grid.Runs() > 1 {
		return v.sweep(ctx, s, job, grid)
	}
	if len(v.Seeds) == 1 {
		job.Seed = v.Seeds[0]
	}
	result, err := finetune.Train(ctx, job)
	s.Screen.Live("")
	if err != nil {
		return goesOn(err)
	}
	if result == nil {
		return nil // rank 0 tells
	}
	return printResult(s, result)
}

// checked are the settings and the grid, every one of whose runs was looked at: before the data, which may take minutes to read.
func (v *trainVerb) checked(several cli.Grid) (settings finetune.Settings, grid finetune.Grid, err error) {
	settings = v.Settings
	kind, name, _, err := dataset.Resolve(v.Task)
	if err != nil {
		return settings, grid, fmt.Errorf("--task: %w", err)
	}
	settings.Task = name
	if settings.SeqLength == 0 {
		settings.SeqLength = lengths(kind)
	}
	grid = finetune.Grid{Seeds: v.Seeds}
	if rates, batches, epochs := several["learning-rate"], several["batch"], several["epochs"]; len(rates) > 1 || len(batches) > 1 || len(epochs) > 1 {
		grid.LearningRates, grid.Epochs = rates, epochs
		for _, batch := range batches {
			grid.Batches = append(grid.Batches, int(batch))
		}
	}
	return settings, grid, grid.Validate(settings, kind)
}

// sweep runs a grid and prints its table.
func (v *trainVerb) sweep(ctx context.Context, s *cli.Streams, job finetune.Job, grid finetune.Grid) error {
	result, err := finetune.RunSweep(ctx, job, grid, func(i, n int, name string) {
		s.Screen.Live("")
		s.Log.Info(fmt.Sprintf("run %d of %d: %s", i+1, n, name))
	})
	s.Screen.Live("")
	if err != nil {
		return goesOn(err)
	}
	fmt.Fprint(s.Out, result.Table())
	s.Log.Info(fmt.Sprintf("the best run is %s; its model is in %s", result.Best.Output, v.Out))
	return nil
}

// goesOn says how a run that was interrupted goes on.
func goesOn(err error) error {
	if errors.Is(err, train.ErrInterrupted) {
		return fault.New("%w", err).Advise("the same command with {resume} auto goes on")
	}
	return err
}

// lengths are the usual ones.
func lengths(kind labelled.Kind) int {
	if kind == labelled.Span {
		return 384
	}
	return 128
}

// handOver says how to adapt a model to a domain: that is pretraining.
func (v *trainVerb) handOver(s *cli.Streams) error {
	var files []string
	for _, file := range append(v.Data, v.TrainFile) {
		if file != "" {
			files = append(files, ui.Quoted(file))
		}
	}
	model, corpus := ui.Quoted(v.Model), ui.Quoted(v.Out+".corpus")
	fmt.Fprintf(s.Out, "pretrain data %s --tokenizer %s --out %s\npretrain train --model %s --data %s --epochs 3 --learning-rate 5e-5 --out %s\n",
		strings.Join(files, " "), model, corpus, model, corpus, ui.Quoted(v.Out))
	s.Log.Info("adapting a model to a domain is masked language modelling, which pretrain does: run the two commands above")
	return nil
}
