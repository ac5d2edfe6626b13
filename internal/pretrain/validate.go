package pretrain

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"gobert/train"
)

// Check returns all faults that the configuration shows by itself, each naming its flag. (A method Validate would be called by the
// parser, which stops at the first struct that complains.)
func (c *Config) Check() error {
	return errors.Join(c.validateHorizon(), c.validateBatches(), c.validateData(), c.validateModel(), c.validateUpdates(), c.validateRecord())
}

// faults collects what is wrong.
type faults []error

func (f *faults) add(wrong bool, format string, args ...any) {
	if wrong {
		*f = append(*f, fmt.Errorf(format, args...))
	}
}

func (c *Config) validateHorizon() error {
	var f faults
	h := c.Horizon
	f.add(h.Steps < 0, "--steps is %d: expected 0 (no limit) or more", h.Steps)
	f.add(h.Tokens < 0, "--tokens is %d: expected 0 (no limit) or more", h.Tokens)
	f.add(!(h.Epochs >= 0), "--epochs is %v: expected 0 (no limit) or more", h.Epochs)
	f.add(h.Budget < 0, "--budget is %v: expected 0 (no limit) or more", h.Budget)
	f.add(h == Horizon{}, "the run has no end (hint: give --steps, --tokens, --epochs or --budget)")
	return errors.Join(f...)
}

func (c *Config) validateBatches() error {
	var f faults
	b := c.Batches
	f.add(b.Batch < 0, "--batch is %d: expected 1 or more sequences", b.Batch)
	f.add(b.BatchTokens < 0, "--batch-tokens is %d: expected 0 (no limit) or more", b.BatchTokens)
	f.add(b.Batch == 0 && b.BatchTokens == 0, "--batch is 0: expected 1 or more sequences (or 0 with --batch-tokens)")
	f.add(b.BatchTokens > 0 && b.BatchTokens < c.longest(), "--batch-tokens is %d: expected at least one sequence of %d", b.BatchTokens, c.longest())
	f.add(b.Accumulate < 1, "--accumulate is %d: expected 1 or more batches to an update", b.Accumulate)
	f.add(b.Bucket < 0, "--bucket is %d: expected 0 (off) or more", b.Bucket)
	if b.RampFrom != 0 {
		f.add(b.RampFrom < 1 || b.RampFrom >= b.Batch, "--ramp-from is %d: expected 1 to below --batch (%d)", b.RampFrom, b.Batch)
		f.add(!(b.RampShare > 0 && b.RampShare < 1), "--ramp-share is %v: expected above 0 and below 1", b.RampShare)
	}
	if b.SecondLength != 0 {
		f.add(b.SecondLength <= c.Length, "--second-length is %d: expected more than --seq-length (%d)", b.SecondLength, c.Length)
		f.add(!(b.SecondShare > 0 && b.SecondShare < 1), "--second-share is %v: expected above 0 and below 1", b.SecondShare)
		f.add(b.SecondBatch < 0, "--second-batch is %d: expected 0 or more", b.SecondBatch)
		f.add(b.RampFrom != 0 && b.RampShare >= 1-b.SecondShare, "--ramp-share (%v) and --second-share (%v) leave nothing between them", b.RampShare, b.SecondShare)
	}
	return errors.Join(f...)
}

func (c *Config) validateData() error {
	var f faults
	d := c.Data
	f.add(d.Data == "", "--data is missing (hint: a folder that 'pretrain data' made)")
	f.add(!(d.HeldoutShare >= 0 && d.HeldoutShare <= 0.5), "--heldout-share is %v: expected 0 to 0.5", d.HeldoutShare)
	f.add(d.ShuffleBuffer < 1 && d.Shuffle == "buffer", "--shuffle-buffer is %d: expected 1 or more", d.ShuffleBuffer)
	f.add(d.Workers < 0, "--workers is %d: expected 0 (by itself) or more", d.Workers)
	f.add(d.MaxPredictions < 0, "--max-predictions is %d: expected 0 (by itself) or more", d.MaxPredictions)
	const least = 5
	f.add(d.Length < least, "--seq-length is %d: expected at least %d tokens ([CLS] a [SEP] b [SEP])", d.Length, least)
	for _, p := range []struct {
		flag  string
		value float64
	}{
		{"--short-share", d.ShortShare},
		{"--mask-rate", d.MaskRate},
		{"--mask-prob", d.MaskProb},
		{"--random-prob", d.RandomProb},
		{"--mask-prob and --random-prob together", d.MaskProb + d.RandomProb},
	} {
		f.add(!(p.value >= 0 && p.value <= 1+1e-9), "%s is %v: expected 0 to 1", p.flag, p.value)
	}
	f.add(d.MaskRate == 0, "--mask-rate is 0: there is nothing to predict")
	f.add(d.Static < 0, "--static is %d: expected 0 (new examples in every epoch) or more", d.Static)
	return errors.Join(f...)
}

func (c *Config) validateModel() error {
	var f faults
	m := c.Model
	f.add(m.Model == "", "--model is missing")
	for flag, rate := range map[string]float64{"--dropout": m.Dropout, "--attention-dropout": m.AttentionDropout} {
		f.add(!(rate == -1 || rate >= 0 && rate < 1), "%s is %v: expected 0 to below 1, or -1 for the model's own", flag, rate)
	}
	f.add(m.Positions < 0, "--positions is %d: expected 0 (the model's own) or more", m.Positions)
	return errors.Join(f...)
}

// schedule is the learning rate's.
func (c *Config) schedule() train.Schedule {
	s := train.Schedule{
		Kind: train.Curve(c.Schedule), Peak: c.Rate, Floor: c.MinRate,
	}
	if s.WarmupShare = c.Warmup; c.Warmup >= 1 {
		s.WarmupShare, s.WarmupSteps = 0, int64(c.Warmup)
	}
	switch s.Kind {
	case train.Polynomial:
		s.Power = c.Power
	case train.WSD:
		s.DecayShare = c.DecayShare
	}
	return s
}

func (c *Config) optimizer() train.OptimizerSettings {
	return train.OptimizerSettings{
		Kind: train.OptimizerKind(c.Optimizer.Optimizer), Beta1: c.Beta1, Beta2: c.Beta2, Eps: c.Eps,
		WeightDecay: c.WeightDecay, ClipNorm: c.ClipNorm,
	}
}

func (c *Config) validateUpdates() error {
	var f faults
	within := func(flag string, x float64) {
		f.add(!(x >= 0 && x < 1), "%s is %v: expected 0 to below 1", flag, x)
	}
	within("--beta1", c.Beta1)
	within("--beta2", c.Beta2)
	f.add(!(c.Eps > 0), "--eps is %v: expected a positive number", c.Eps)
	f.add(!(c.WeightDecay >= 0), "--weight-decay is %v: expected 0 or more", c.WeightDecay)
	f.add(!(c.ClipNorm >= 0), "--clip-norm is %v: expected 0 (no clipping) or more", c.ClipNorm)
	f.add(!(c.Rate > 0), "--learning-rate is %v: expected a positive number", c.Rate)
	f.add(!(c.MinRate >= 0 && c.MinRate <= max(c.Rate, 0)), "--min-learning-rate is %v: expected 0 to --learning-rate", c.MinRate)
	f.add(!(c.Warmup >= 0), "--warmup is %v: expected 0 or more: below 1 a share of the run, else updates", c.Warmup)
	f.add(c.Warmup >= 1 && c.Steps > 0 && c.Warmup >= float64(c.Steps),
		"--warmup is %.0f: the whole run has only %d steps (hint: --warmup 0.1)", c.Warmup, c.Steps)
	f.add(!(c.Power > 0), "--power is %v: expected a positive number", c.Power)
	f.add(!(c.DecayShare > 0 && c.DecayShare <= 1), "--decay-share is %v: expected above 0 to 1", c.DecayShare)
	if len(f) == 0 {
		if err := c.schedule().ValidateFor(int64(c.Steps)); err != nil {
			f = append(f, fmt.Errorf("--schedule: %s", strings.TrimPrefix(err.Error(), "schedule: ")))
		}
	}
	return errors.Join(f...)
}

func (c *Config) validateRecord() error {
	var f faults
	f.add(c.EvaluateEvery < 0, "--evaluate-every is %d: expected 0 (only at the end) or more", c.EvaluateEvery)
	f.add(c.EvaluateSequences < 0, "--evaluate-sequences is %d: expected 0 (all) or more", c.EvaluateSequences)
	f.add(c.EarlyStop < 0, "--early-stop is %d: expected 0 (never stop early) or more", c.EarlyStop)
	f.add(c.Samples < 0, "--samples is %d: expected 0 or more", c.Samples)
	f.add(c.SaveEvery < 0, "--save-every is %d: expected 0 (only at the end) or more", c.SaveEvery)
	f.add(c.Keep < 0, "--keep is %d: expected 0 (all) or more", c.Keep)
	f.add(c.LogEvery < 1, "--log-every is %d: expected 1 or more", c.LogEvery)
	if err := c.Threads.Check(); err != nil {
		f = append(f, err)
	}
	f.add(c.World != 1 || c.Rank != 0, "--world is %d, --rank %d: one process trains a model, for now", c.World, c.Rank)
	f.add(c.Out == "", "--out is missing: the folder of the run")
	return errors.Join(f...)
}

// cost is what an update takes, as the rehearsal found it.
type cost struct {
	seconds, tokens, sequences float64
	epoch                      float64 // sequences of an epoch
}

// tooShort holds the cost of an update against the limits of the run: a warm-up that outlasts the run teaches nothing.
func (c *Config) tooShort(update cost) error {
	for _, limit := range []struct {
		flag  string
		value any
		steps float64
	}{
		{"--budget", c.Budget, time.Duration(c.Budget).Seconds() / update.seconds},
		{"--tokens", c.Tokens, float64(c.Tokens) / update.tokens},
		{"--epochs", c.Epochs, c.Epochs * update.epoch / update.sequences},
	} {
		switch {
		case !(limit.steps > 0):
		case limit.steps < 1 && limit.flag == "--budget":
			return fmt.Errorf("--budget %v is shorter than one step, which takes about %.1f s here", c.Budget, update.seconds)
		case c.Warmup >= 1 && limit.steps <= c.Warmup:
			return fmt.Errorf("--warmup is %.0f: in %s %v about %.0f steps are made (hint: --warmup 0.1)", c.Warmup, limit.flag, limit.value, limit.steps)
		}
	}
	return nil
}
