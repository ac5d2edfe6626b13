package finetune

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gobert/bert"
	"gobert/data"
	"gobert/data/labelled"
	"gobert/data/labelled/dataset"
	"gobert/data/labelled/features"
	"gobert/heads"
	"gobert/internal/disk"
	"gobert/internal/fault"
	"gobert/internal/record"
	"gobert/task"
	"gobert/train"
)

// Job is one run: settings, data, and where it goes.
type Job struct {
	Settings
	train.Talk
	Data    *dataset.Dataset
	Sources []string          // what the data was read from, for the card
	Columns map[string]string // flags that named columns, for messages
	KeepAll bool              // checkpoints stay after the run too
}

// run is a job being done.
type run struct {
	Job
	model      *task.Model
	data       *fingerprint
	train, dev *features.Set
	trainer    *train.Trainer[*features.Batch, data.Cursor]
	perEpoch   int64 // steps
	total      int64
	weights    []float64
	last       *task.Evaluation // the newest one of this process
	record     *record.Log
	closers    []func()
}

// Train does a job and gives what came of it. An interrupted one can be resumed.
func Train(ctx context.Context, job Job) (*Result, error) {
	if err := job.Validate(job.Data.Kind); err != nil {
		return nil, err
	}
	if _, _, err := job.Resolve(); err != nil {
		return nil, err
	}
	if job.Data.Train == nil || len(job.Data.Train.Examples) == 0 {
		return nil, fault.New("finetune: there is no training data").Advise("{data} FOLDER with a train file, or {train} FILE")
	}
	if err := job.checkMetric(job.Data); err != nil {
		return nil, err
	}
	r := &run{Job: job, data: job.fingerprint()}
	r.Complete()
	own, err := disk.Claim(job.Out, r.Warn, train.CheckpointsFolder, train.BestFolder)
	if err != nil {
		return nil, fault.New("{out}: %w", err)
	}
	defer own.Release()
	if job.Resume != "" {
		result, err := finished(job, r.data)
		if err != nil {
			return nil, err
		}
		if result != nil {
			r.Log.Info(job.Out + ": the run is finished, there is nothing left to do")
			return result, job.tidy() // it may have been killed at the very end
		}
	}
	if err := job.checkOutput(); err != nil {
		return nil, err
	}
	defer r.close()
	for _, step := range []func(context.Context) error{r.open, r.encode, r.prepare, r.begin} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	began := time.Now()
	r.Begin()
	if err := r.trainer.Run(ctx); err != nil {
		return nil, err
	}
	r.Log.Debug("trained", "seconds", time.Since(began).Seconds())
	return r.finish(ctx)
}

// checkOutput refuses to mix two runs in one folder.
func (j *Job) checkOutput() error {
	entries, err := disk.Content(j.Out)
	if err != nil || len(entries) == 0 {
		return err
	}
	if _, err := os.Stat(filepath.Join(j.Out, resultFile)); err == nil {
		return fault.Usage("finetune: %s holds a finished run", j.Out).Advise("give another {out}, or remove it")
	}
	if j.Resume == "" {
		return fault.Usage("finetune: %s is not empty", j.Out).Advise("{resume} auto goes on with the run in it; or give another {out}")
	}
	return nil
}

// open loads the model and changes it as the settings say.
func (r *run) open(ctx context.Context) error {
	s := r.Settings
	var faults []error
	o := task.Options{
		Kind: task.Of(r.Data.Kind), Labels: r.Data.Labels, Pooling: heads.Pooling(s.Pooling), Adapter: s.adapter(), Seed: s.Seed, Device: r.Device, Compute: s.Compute, Tell: r.Files,
		Warn: r.Warn,
		Change: func(c *bert.Config) {
			if s.Dropout != nil {
				c.HiddenDropout, c.AttentionDropout, c.ClassifierDropout = *s.Dropout, *s.Dropout, s.Dropout
			}
		},
		Prepare: func(n bert.Network) { faults = append(faults, reinitialize(n, s.Reinit, s.Seed)) },
	}
	var err error
	if r.model, err = task.Open(ctx, s.Model, o); err != nil {
		return err
	}
	if err := errors.Join(faults...); err != nil {
		return err
	}
	if len(r.model.New) > 0 {
		r.Log.Info("newly initialised: " + strings.Join(r.model.New, ", "))
	}
	return nil
}

// encode makes the features of train and dev.
func (r *run) encode(context.Context) error {
	if shorter := r.model.Shorter(r.SeqLength); shorter != "" {
		r.Log.Warn(shorter)
	}
	for _, part := range []struct {
		of  *dataset.Part
		set **features.Set
	}{{r.Data.Train, &r.train}, {firstPart(r.Data.Dev), &r.dev}} {
		if part.of == nil {
			continue
		}
		set, err := r.model.Features(part.of.Examples, r.options(), labelled.Stop)
		if err != nil {
			return err
		}
		if long := r.model.Longer(set, r.options().MaxLength); long != "" {
			r.Log.Info(part.of.Name + ": " + long)
		}
		if unknown := r.model.Unknown(set); unknown != "" {
			r.Log.Warn(part.of.Name + ": " + unknown)
		}
		*part.set = set
	}
	if r.train.All.Len() == 0 {
		return errors.New("finetune: not one usable example in the training data")
	}
	return nil
}

func (r *run) options() features.Options {
	return features.Options{MaxLength: r.model.Length(r.SeqLength), Stride: r.Stride, AllPieces: r.AllPieces}
}

// prepare freezes, weighs and plans.
func (r *run) prepare(context.Context) (err error) {
	if len(r.Freeze) > 0 {
		if err := train.Freeze(r.model.Network, r.Freeze); err != nil {
			return err
		}
	}
	if r.LayerDecay < 1 {
		decayRates(r.model.Network, r.LayerDecay)
	}
	balanced, weights, _ := r.classWeights() // validated before
	if r.weights, err = r.model.Regularize(weights, balanced, r.LabelSmoothing, &r.train.All); err != nil {
		return err
	}
	batches := float64((r.train.All.Len() + r.Batch - 1) / r.Batch)
	r.perEpoch = max(1, int64(math.Round(batches/float64(r.Accumulate))))
	r.total = int64(r.Steps)
	if r.total == 0 {
		r.total = max(1, int64(math.Ceil(batches*r.Epochs/float64(r.Accumulate)-1e-9)))
	}
	return nil
}

// begin makes the trainer, resumed where that was asked for.
func (r *run) begin(ctx context.Context) error {
	training := &task.Training{Model: r.model}
	if r.Teacher != "" {
		teacher, err := task.Open(ctx, r.Teacher, task.Options{Merge: true, Device: r.Device, Compute: r.Compute, Tell: r.Files, Warn: r.Warn})
		if err != nil {
			return fault.New("{teacher}: %w", err)
		}
		r.closers = append(r.closers, func() { _ = teacher.Close() })
		r.data.Teacher = weightsHash(teacher.Network)
		if training.Teacher, err = task.NewTeacher(teacher, r.model, r.Temperature, r.Alpha); err != nil {
			return err
		}
	}
	var err error
	if r.trainer, err = train.New[*features.Batch, data.Cursor](training, r.trainerSettings()); err != nil {
		return err
	}
	r.data.Tokenizer = r.model.Tokenizer.Hash()
	if r.trainer.Extra, err = keep(r.Settings, r.data); err != nil {
		return err
	}
	curve := r.Rate()
	if err := curve.ValidateFor(r.total); err != nil {
		return err
	}
	r.trainer.Rate = func(step int64, progress float64) float64 { return curve.Rate(step, r.total, progress) }
	r.trainer.Decorate, r.trainer.SaveWaits = r.decorate, r.model.Adapter != nil // which are written as they are at that moment
	if r.dev != nil {
		r.trainer.Evaluate = r.evaluate
	}
	if err := r.resume(); err != nil {
		return err
	}
	return r.feed(ctx)
}

func (r *run) trainerSettings() train.Settings {
	s := r.Config.Settings()
	s.Steps, s.Keep, s.Device = r.total, max(1, r.Keep), r.model.Device
	if r.EvaluateEvery == 0 {
		s.EvaluateEvery = r.perEpoch
	}
	if r.dev != nil && (r.SaveBest || r.EarlyStop > 0) {
		s.Best, s.BestIsLow = r.metric()
	}
	return s
}

func (r *run) close() {
	for _, c := range r.closers {
		c()
	}
	if r.trainer != nil {
		_ = r.trainer.Close() // Run has told what there was to tell
	}
	if r.model != nil {
		_ = r.model.Close()
	}
}
