package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"gobert/bert"
	"gobert/data/labelled"
	"gobert/data/labelled/dataset"
	"gobert/heads"
	"gobert/internal/cli"
	"gobert/internal/finetune"
	"gobert/train"
)

// trainVerb trains a model for a task.
type trainVerb struct {
	Model string     `required:"" placeholder:"DIR|NAME" group:"Task" help:"Pretrained model: a folder, or a name on the hub."`
	Task  string     `required:"" placeholder:"TASK" group:"Task" help:"cola, sst-2, mrpc, sts-b, qqp, mnli, qnli, rte, wnli; classify, tag, squad, choice for own files; mlm to adapt to a domain."`
	Out   string     `required:"" placeholder:"DIR" group:"Output" help:"Folder of the run; in the end it is the model's."`
	Cfg   cli.Config `name:"config" placeholder:"FILE" group:"Run" help:"JSON file with values of flags; the command line wins."`

	datasetFlags
	recipe
	adapters
	distillation
	sweeping

	Resume          string `type:"resume" placeholder:"auto|PATH" group:"Run" help:"Go on with the run in --out: auto takes its newest whole checkpoint, or names one."`
	KeepCheckpoints bool   `group:"Checkpoints" help:"Keep the checkpoints, with the optimizer's state, after the run."`
	SaveEvery       int64  `default:"500" group:"Checkpoints" help:"Steps between checkpoints; 0: only at the end."`
	LogEvery        int64  `default:"10" group:"Record" least:"1" help:"Steps between lines of metrics.jsonl."`

	computing
	BF16           bool `name:"bf16" group:"Computing" help:"Short for --compute bf16."`
	GradCheckpoint bool `name:"gradient-checkpoint" group:"Computing" help:"Compute activations again instead of keeping them: less memory, more time."`
}

// recipe are the hyper-parameters. Those with several values are a grid.
type recipe struct {
	Epochs      []float64 `default:"3" group:"Horizon" above:"0" help:"Passes over the data; several with commas make a grid."`
	Steps       int64     `group:"Horizon" help:"Steps, instead of epochs."`
	LR          []float64 `name:"learning-rate" aliases:"lr" default:"3e-5" group:"Learning rate" above:"0" help:"Highest learning rate; several with commas make a grid."`
	Warmup      float64   `aliases:"warmup-share,warmup-steps" default:"0.1" group:"Learning rate" most:"1e15" help:"Below 1: the share of the run in which the rate rises; else updates."`
	Schedule    string    `default:"linear" group:"Learning rate" help:"How the rate falls: linear, constant, cosine, one-sqrt, polynomial, inverse-sqrt, wsd."`
	LayerDecay  float64   `default:"1" group:"Learning rate" above:"0" most:"1" help:"Rate of each layer over that of the layer above it, such as 0.9."`
	Batch       []int     `aliases:"batch-size" default:"32" group:"Batches" least:"1" help:"Examples to a step; several with commas make a grid."`
	Accumulate  int       `default:"1" group:"Batches" least:"1" help:"Batches to one update."`
	SeqLength   int       `aliases:"length" group:"Batches" least:"4" or:"0" help:"Tokens of a text, special ones included; longer ones are cut (squad: windowed). 0: 128, for squad 384."`
	Stride      int       `group:"Batches" help:"squad: tokens that neighbouring windows share; 0: 128."`
	WeightDecay float64   `default:"0.01" group:"Optimizer" help:"Decoupled weight decay; biases and norms have none."`
	ClipNorm    float64   `default:"1" group:"Optimizer" help:"Greatest norm of the gradient; 0: any."`
	Beta1       float64   `name:"beta1" default:"0.9" group:"Optimizer" below:"1" help:"Decay of the first moment."`
	Beta2       float64   `name:"beta2" default:"0.999" group:"Optimizer" below:"1" help:"Decay of the second moment."`
	Epsilon     float64   `name:"eps" default:"1e-8" group:"Optimizer" above:"0" help:"Added to the root of the second moment."`

	Freeze         []string `placeholder:"WHAT" group:"Model" help:"What stays as it is: embeddings, layer.0-3, pooler, or names with wildcards."`
	Reinit         int      `group:"Model" help:"Top layers to draw anew, with the pooler."`
	Pooling        string   `default:"" enum:",cls,mean,max" group:"Model" help:"Vector that classify reads: cls, mean or max."`
	Dropout        *float64 `group:"Model" below:"1" help:"All dropout rates; by default the model's own."`
	LabelSmoothing float64  `group:"Optimizer" below:"1" help:"Share of each label that is spread over all labels."`
	ClassWeights   string   `placeholder:"balanced|W,W,..." group:"Optimizer" help:"Weights of the classes in the loss: balanced by frequency, or one for each label."`
	AllPieces      bool     `group:"Task" help:"tag: every piece of a word has its tag, not the first alone."`

	EvaluateEvery int64  `group:"Evaluation" help:"Steps between evaluations on dev; 0: after each epoch."`
	EarlyStop     int    `aliases:"patience" placeholder:"N" group:"Evaluation" help:"Stop after N evaluations without improvement; 0: never."`
	Metric        string `placeholder:"NAME" group:"Evaluation" help:"What decides which weights are best; by default the task's own metric."`
	SaveBest      bool   `negatable:"" default:"true" group:"Evaluation" help:"Keep the weights that were best on dev, not the last ones."`
}

// adapters are LoRA's flags.
type adapters struct {
	LoRA        bool     `name:"lora" group:"Adapters" help:"Train low-rank adapters and the head alone, saved in PEFT's format."`
	LoRARank    int      `name:"lora-rank" default:"8" group:"Adapters" least:"1" help:"Rank of the adapters."`
	LoRAAlpha   float64  `name:"lora-alpha" default:"16" group:"Adapters" above:"0" help:"The correction is scaled by alpha/rank."`
	LoRADropout float64  `name:"lora-dropout" default:"0.1" group:"Adapters" below:"1" help:"Dropout of the adapters' input."`
	LoRATargets []string `name:"lora-targets" default:"query,value" group:"Adapters" help:"Linear maps that get one: query, key, value, attention.output.dense, intermediate.dense, output.dense; or dense for all of the latter."`
	Merge       bool     `group:"Adapters" help:"Save the sum of weights and adapters: a model that needs no PEFT."`
}

// distillation are a teacher's flags.
type distillation struct {
	Teacher     string  `placeholder:"DIR" group:"Distillation" help:"Fine-tuned model, usually larger, whose scores are learnt too."`
	Temperature float64 `default:"2" group:"Distillation" above:"0" help:"Softens both models' probabilities."`
	Alpha       float64 `default:"0.5" group:"Distillation" most:"1" help:"Share of the teacher in the loss."`
}

// sweeping are the seeds.
type sweeping struct {
	Seed  uint64   `default:"42" group:"Run" help:"Of the new head, the order of the data, and dropout."`
	Seeds []uint64 `placeholder:"N,N,..." group:"Run" help:"Run once with each, and report mean, deviation and best."`
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
func (v *trainVerb) Run(ctx context.Context, s *cli.Streams) error {
	if strings.EqualFold(v.Task, "mlm") {
		return v.handOver(s)
	}
	if err := v.prepare(s); err != nil {
		return err
	}
	settings, grid, err := v.checked()
	if err != nil {
		return &cli.UsageError{Err: err}
	}
	data, sources, err := v.open(v.Task, s)
	if err != nil {
		return err
	}
	job := finetune.Job{
		Settings: settings, Data: data, Sources: sources, Columns: v.columns(), Device: v.Device, Output: v.Out, Resume: v.Resume, KeepAll: v.KeepCheckpoints,
		Talk: cli.Talk(s),
	}
	if grid.Runs() > 1 {
		return v.sweep(ctx, s, job, grid)
	}
	if len(v.Seeds) == 1 {
		job.Seed = v.Seeds[0]
	}
	result, err := finetune.Train(ctx, job)
	s.Screen.Live("")
	if errors.Is(err, train.ErrInterrupted) {
		return fmt.Errorf("%w (hint: the same command with --resume auto goes on)", train.ErrInterrupted)
	}
	if err != nil {
		return err
	}
	return printResult(s, result)
}

// checked are the settings and the grid, every one of whose runs was looked at: before the data, which may take minutes to read.
func (v *trainVerb) checked() (settings finetune.Settings, grid finetune.Grid, err error) {
	if settings, err = v.settings(); err != nil {
		return settings, grid, err
	}
	kind, name, _, err := dataset.Resolve(v.Task)
	if err != nil {
		return settings, grid, fmt.Errorf("--task: %w", err)
	}
	settings.Task = name
	if settings.SeqLength == 0 {
		settings.SeqLength = lengths(kind)
	}
	grid = finetune.Grid{Seeds: v.Seeds}
	if len(v.LR) > 1 || len(v.Batch) > 1 || len(v.Epochs) > 1 {
		grid.LearningRates, grid.Batches, grid.Epochs = v.LR, v.Batch, v.Epochs
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
	if errors.Is(err, train.ErrInterrupted) {
		return fmt.Errorf("%w (hint: the same command with --resume auto goes on)", train.ErrInterrupted)
	}
	if err != nil {
		return err
	}
	fmt.Fprint(s.Out, result.Table())
	s.Log.Info(fmt.Sprintf("the best run is %s; its model is in %s", result.Best.Output, v.Out))
	return nil
}

// settings are the flags as package finetune wants them.
func (v *trainVerb) settings() (finetune.Settings, error) {
	s := finetune.Defaults()
	s.Model, s.Task = v.Model, v.Task
	if len(v.Epochs) == 0 || len(v.LR) == 0 || len(v.Batch) == 0 {
		return s, errors.New("epochs, learning-rate and batch need a value each")
	}
	s.Epochs, s.Steps, s.LearningRate, s.Batch, s.Accumulate = v.Epochs[0], v.Steps, v.LR[0], v.Batch[0], v.Accumulate
	s.SeqLength, s.Stride, s.Warmup, s.Schedule, s.Seed = v.SeqLength, v.Stride, v.Warmup, v.Schedule, v.Seed
	s.Compute, s.Checkpoint = v.Compute, v.GradCheckpoint
	if v.BF16 {
		s.Compute = "bf16"
	}
	s.Optimizer.WeightDecay, s.Optimizer.ClipNorm, s.Optimizer.Beta1, s.Optimizer.Beta2, s.Optimizer.Eps = v.WeightDecay, v.ClipNorm, v.Beta1, v.Beta2, v.Epsilon
	s.LayerDecay, s.Freeze, s.Reinit, s.Dropout, s.Pooling = v.LayerDecay, v.Freeze, v.Reinit, v.Dropout, heads.Pooling(v.Pooling)
	s.AllPieces, s.LabelSmoothing = v.AllPieces, v.LabelSmoothing
	s.EvaluateEvery, s.SaveEvery, s.LogEvery, s.EarlyStop, s.Metric, s.SaveBest = v.EvaluateEvery, v.SaveEvery, v.LogEvery, v.EarlyStop, v.Metric, v.SaveBest
	s.Teacher, s.Temperature, s.Alpha = v.Teacher, v.Temperature, v.Alpha
	s.Merge = v.Merge
	if v.LoRA {
		s.Adapter = &bert.AdapterOptions{Rank: v.LoRARank, Alpha: v.LoRAAlpha, Dropout: v.LoRADropout, Targets: v.LoRATargets}
	}
	if v.ClassWeights == "balanced" {
		s.Balanced = true
	} else if v.ClassWeights != "" {
		for _, text := range strings.Split(v.ClassWeights, ",") {
			w, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
			if err != nil {
				return s, fmt.Errorf("--class-weights %s: expected balanced, or numbers parted by commas", v.ClassWeights)
			}
			s.ClassWeights = append(s.ClassWeights, w)
		}
	}
	return s, nil
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
	files := strings.Join(append(v.Data, v.TrainFile), " ")
	fmt.Fprintf(s.Out, "pretrain data %s --tokenizer %s --out %s.corpus\npretrain train --model %s --data %s.corpus --epochs 3 --learning-rate 5e-5 --out %s\n",
		strings.TrimSpace(files), v.Model, v.Out, v.Model, v.Out, v.Out)
	s.Log.Info("adapting a model to a domain is masked language modelling, which pretrain does: run the two commands above")
	return nil
}
