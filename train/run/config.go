package run

import (
	"errors"
	"time"

	"gobert/internal/fault"
	"gobert/train"
	"gobert/train/schedule"
)

// Config is what every run is told, whatever it trains. Each field is a flag, a member of the files that keep settings, and a line of
// the report, by the declaration in its tags (see package settings); kinds of runs embed it beside their own.
type Config struct {
	Horizon
	Batches
	Updates
	Rates
	Ranks
	Computing
	Evaluation
	Saving
	Record
	Going
}

// Horizon ends the run: the first limit that is reached. The learning rate decays towards it.
type Horizon struct {
	Steps  Count    `json:"steps" group:"Horizon" default:"0" help:"Updates, such as 10000 or 1M.${steps_note}"`
	Tokens Count    `json:"tokens" group:"Horizon" default:"0" help:"Real tokens, such as 500M."`
	Epochs float64  `json:"epochs" type:"grid" group:"Horizon" default:"${epochs}" help:"Times through the data; fractions are fine.${grid_note}"`
	Budget Duration `json:"budget" group:"Horizon" default:"0" help:"Time, such as 90m or 24h, resumed parts included."`
}

// Batches say what an update is made from.
type Batches struct {
	Batch      int `json:"batch" type:"grid" aliases:"batch-size" group:"Batches" default:"32" help:"${batch_help}"`
	Accumulate int `json:"accumulate" group:"Batches" default:"1" least:"1" help:"Batches to an update: their gradients are averaged."`
}

// Updates are the rule of the optimizer.
type Updates struct {
	Optimizer   string  `json:"optimizer" group:"Optimizer" default:"adamw" enum:"adamw,lamb" help:"adamw (decoupled decay) or lamb (for very large batches)."`
	Beta1       float64 `json:"beta1" name:"beta1" group:"Optimizer" default:"0.9" below:"1" help:"Decay of the mean of the gradient."`
	Beta2       float64 `json:"beta2" name:"beta2" group:"Optimizer" default:"0.999" below:"1" help:"Decay of the mean of its square."`
	Eps         float64 `json:"eps" group:"Optimizer" default:"${eps}" above:"0" help:"Added to the root of the second."`
	WeightDecay float64 `json:"weight_decay" group:"Optimizer" default:"0.01" help:"Decay of matrices; biases and norms have none."`
	ClipNorm    float64 `json:"clip_norm" group:"Optimizer" default:"1" help:"Longest gradient (global norm). 0: no clipping."`
}

// Rates are the curve of the learning rate.
type Rates struct {
	LearningRate float64 `json:"learning_rate" type:"grid" aliases:"lr" group:"Learning rate" default:"${learning_rate}" above:"0" help:"Peak.${grid_note}"`
	Schedule     string  `json:"schedule" group:"Learning rate" default:"linear" enum:"linear,constant,cosine,one-sqrt,polynomial,inverse-sqrt,wsd" help:"Curve after the warm-up: linear, constant, cosine, one-sqrt, polynomial, inverse-sqrt, wsd (stable, then decays)."`
	Warmup       float64 `json:"warmup" aliases:"warmup-share,warmup-steps" group:"Learning rate" default:"${warmup}" most:"1e15" help:"Below 1: the share of the run in which the rate rises; else updates."`
	MinRate      float64 `json:"min_learning_rate" name:"min-learning-rate" group:"Learning rate" default:"0" help:"Where the curve ends."`
	Power        float64 `json:"power" group:"Learning rate" default:"1" above:"0" help:"Of the polynomial curve."`
	DecayShare   float64 `json:"decay_share" group:"Learning rate" default:"0.2" above:"0" most:"1" help:"Share of the run in which wsd decays."`
}

// Computing says where and how it is computed.
type Computing struct {
	Machine
	Compute            string `json:"compute" group:"Computing" default:"${compute}" enum:"auto,fp32,bf16,fp16" help:"Type of activations and products: fp32, bf16, fp16 (with loss scaling); auto: bf16 where the machine multiplies it itself. Weights and sums are fp32."`
	BF16               bool   `json:"-" name:"bf16" group:"Computing" help:"Short for --compute bf16."`
	GradientCheckpoint bool   `json:"gradient_checkpoint" group:"Computing" help:"Compute activations again in the backward pass instead of keeping them: less memory, a third slower."`
}

// Evaluation says how the model is measured while it is trained.
type Evaluation struct {
	EvaluateEvery int64 `json:"evaluate_every" group:"Evaluation" default:"${evaluate_every}" help:"Updates between evaluations${evaluated_on}. 0: ${evaluate_zero}."`
	EarlyStop     int   `json:"early_stop" aliases:"patience" group:"Evaluation" default:"0" help:"Stop after so many evaluations without improvement of ${deciding}. 0: never."`
}

// Saving says what is kept.
type Saving struct {
	SaveEvery int64 `json:"save_every" free:"" group:"Checkpoints" default:"500" help:"Updates between checkpoints. 0: only at the end."`
	Keep      int   `json:"keep" free:"" group:"Checkpoints" default:"${keep}" help:"Newest checkpoints that stay ${keep_while}. 0: all."`
}

// Record says what is written down.
type Record struct {
	LogEvery    int64 `json:"log_every" group:"Record" default:"10" least:"1" help:"Updates between lines of metrics.jsonl and of the display."`
	TensorBoard bool  `json:"tensorboard" name:"tensorboard" free:"" group:"Record" default:"true" negatable:"" help:"Write TensorBoard event files, too."`
}

// Going says where the run is kept, how it begins and how it goes on.
type Going struct {
	Out         string   `json:"-" group:"Run" required:"" placeholder:"RUN" help:"Folder of the run: checkpoints, metrics, and ${out_model}."`
	Seed        uint64   `json:"seed" group:"Run" default:"${seed}" help:"${seed_help}"`
	Resume      string   `json:"-" type:"resume" group:"Run" placeholder:"auto|PATH" help:"Go on with the run in --out: auto takes its newest whole checkpoint, or names one.${resume_note}"`
	AllowChange []string `json:"-" name:"allow-change" group:"Run" placeholder:"NAME,..." help:"Settings that may differ from those of the checkpoint that is resumed; data: what is trained on."`
	Rehearse    bool     `json:"-" group:"Run" default:"true" negatable:"" help:"Try the largest batch, an evaluation and a checkpoint first, so that faults show at once."`
}

// Rate is the learning rate's.
func (c *Config) Rate() schedule.Schedule {
	s := schedule.Schedule{Kind: schedule.Curve(c.Schedule), Peak: c.LearningRate, Floor: c.MinRate}
	if s.WarmupShare = c.Warmup; c.Warmup >= 1 {
		s.WarmupShare, s.WarmupSteps = 0, int64(c.Warmup)
	}
	switch s.Kind {
	case schedule.Polynomial:
		s.Power = c.Power
	case schedule.WSD:
		s.DecayShare = c.DecayShare
	}
	return s
}

// Settings are the trainer's part. A kind of run adds what it means by the rest.
func (c *Config) Settings() train.Settings {
	return train.Settings{
		Seed: c.Seed, Compute: c.Compute, Steps: int64(c.Steps), Tokens: int64(c.Tokens), Budget: time.Duration(c.Budget), Accumulate: c.Accumulate,
		Optimizer: train.OptimizerSettings{
			Kind: train.OptimizerKind(c.Optimizer), Beta1: c.Beta1, Beta2: c.Beta2, Eps: c.Eps, WeightDecay: c.WeightDecay, ClipNorm: c.ClipNorm,
		},
		GradientCheckpoint: c.GradientCheckpoint, LogEvery: c.LogEvery, EvaluateEvery: c.EvaluateEvery, SaveEvery: c.SaveEvery, Keep: c.Keep,
		Patience: c.EarlyStop, Output: c.Out, Parts: c.Parts,
	}
}

// Check names what the settings of a run say that does not go together; [settings.Check] holds each against its own bounds.
func (c *Config) Check() error {
	var faults []error
	if c.MinRate > c.LearningRate {
		faults = append(faults, fault.Usage("{min-learning-rate} is %v: expected 0 to {learning-rate}", c.MinRate))
	}
	if c.Warmup >= 1 && c.Steps > 0 && c.Warmup >= float64(c.Steps) {
		faults = append(faults, fault.Usage("{warmup} is %.0f: the whole run has only %d steps", c.Warmup, c.Steps).Advise("{warmup} 0.1"))
	} else if c.LearningRate > 0 && c.MinRate <= c.LearningRate {
		if err := c.Rate().ValidateFor(int64(c.Steps)); err != nil {
			faults = append(faults, fault.Usage("{schedule}: %w", err))
		}
	}
	if c.Out == "" {
		faults = append(faults, fault.Usage("{out} is missing: the folder of the run"))
	}
	return errors.Join(faults...)
}
