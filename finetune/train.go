package finetune

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"

	"gobert/bert"
	"gobert/data"
	"gobert/data/labelled"
	"gobert/data/labelled/dataset"
	"gobert/data/labelled/features"
	"gobert/heads"
	"gobert/internal/fault"
	"gobert/task"
	"gobert/train"
	"gobert/train/run"
)

// Job is one run: settings, data, and where it goes.
type Job struct {
	Settings
	train.Talk
	Data    *dataset.Dataset
	Sources []string          // what the data was read from, for the card
	Columns map[string]string // flags that named columns, for messages
	KeepAll bool              // checkpoints stay after the run too

	prepared bool // LibTorch computes as the settings say: for all runs of a grid
}

// training is a job being done.
type training struct {
	*run.Run[*features.Batch, data.Cursor]
	job        *Job
	model      *task.Model
	data       *Fingerprint
	train, dev *features.Set
	perEpoch   int64 // steps
	total      int64
	last       *task.Evaluation // the newest one of this process
	result     *Result
}

// Train does a job and gives what came of it; nil on all ranks but the first. The end of the context saves a checkpoint and gives [train.ErrInterrupted].
func Train(ctx context.Context, job Job) (*Result, error) {
	if err := job.check(); err != nil {
		return nil, err
	}
	r, err := run.Claim[*features.Batch, data.Cursor](&job.Config, job.Talk)
	if err != nil {
		return nil, err
	}
	t := &training{Run: r, job: &job, data: job.fingerprint()}
	if err := t.Do(ctx, t.find, t.open, t.encode, t.plan, t.begin, t.rehearse, t.show, t.Train, t.finish); err != nil {
		return nil, err
	}
	return t.result, nil
}

// check finds the faults that a job shows by itself.
func (j *Job) check() error {
	if j.Data == nil {
		return errors.New("finetune: the job has no data: expected what dataset.Open gives")
	}
	if err := j.Validate(j.Data.Kind); err != nil {
		return err
	}
	if j.Data.Train == nil || len(j.Data.Train.Examples) == 0 {
		return fault.New("finetune: there is no training data").Advise("{data} FOLDER with a train file, or {train} FILE")
	}
	return j.checkMetric(j.Data)
}

// find looks where the run goes on. One that is done already is not done again.
func (t *training) find(context.Context) (err error) {
	if !t.job.prepared {
		if err := t.job.Prepare(t.Talk.Log); err != nil {
			return err
		}
	}
	if err := t.Resolve(); err != nil {
		return err
	}
	if t.job.Resume == "" {
		return t.Find()
	}
	if t.result, err = t.job.finished(t.data); err != nil || t.result == nil {
		return errors.Join(err, t.Find())
	}
	if !t.Leads() {
		t.result = nil
		return run.ErrDone
	}
	t.Talk.Log.Info(t.job.Out + ": the run is finished, there is nothing left to do")
	if err := t.job.tidy(); err != nil { // it may have been killed at the very end
		return err
	}
	return run.ErrDone
}

// open loads the model and changes it as the settings say.
func (t *training) open(ctx context.Context) error {
	s := t.job.Settings
	var faults []error
	o := task.Options{
		Kind: task.Of(t.job.Data.Kind), Labels: t.job.Data.Labels, Pooling: heads.Pooling(s.Pooling), Adapter: s.adapter(), Seed: s.Seed, Device: t.Device.String(), Compute: s.Compute, Tell: t.Talk.Files,
		Warn: t.Talk.Warn,
		Change: func(c *bert.Config) {
			if s.Dropout != nil {
				c.HiddenDropout, c.AttentionDropout, c.ClassifierDropout = *s.Dropout, *s.Dropout, s.Dropout
			}
		},
		Prepare: func(n bert.Network) { faults = append(faults, reinitialize(n, s.Reinit, s.Seed)) },
	}
	var err error
	if t.model, err = task.Open(ctx, s.Model, o); err != nil {
		return err
	}
	t.Defer(t.model.Close)
	if err := errors.Join(faults...); err != nil {
		return err
	}
	if len(t.model.New) > 0 {
		t.Talk.Log.Info("newly initialised: " + strings.Join(t.model.New, ", "))
	}
	return nil
}

// encode makes the features of train and dev.
func (t *training) encode(context.Context) error {
	if shorter := t.model.Shorter(t.job.SeqLength); shorter != "" {
		t.Talk.Log.Warn(shorter)
	}
	for _, part := range []struct {
		of  *dataset.Part
		set **features.Set
	}{{t.job.Data.Train, &t.train}, {firstPart(t.job.Data.Dev), &t.dev}} {
		if part.of == nil {
			continue
		}
		set, err := t.model.Features(part.of.Examples, t.options(), labelled.Stop)
		if err != nil {
			return err
		}
		if long := t.model.Longer(set, t.options().MaxLength); long != "" {
			t.Talk.Log.Info(part.of.Name + ": " + long)
		}
		if unknown := t.model.Unknown(set); unknown != "" {
			t.Talk.Log.Warn(part.of.Name + ": " + unknown)
		}
		*part.set = set
	}
	if t.train.All.Len() == 0 {
		return errors.New("finetune: not one usable example in the training data")
	}
	return nil
}

func (t *training) options() features.Options {
	return features.Options{MaxLength: t.model.Length(t.job.SeqLength), Stride: t.job.Stride, AllPieces: t.job.AllPieces}
}

// plan freezes, weighs and counts the steps.
func (t *training) plan(context.Context) error {
	j := t.job
	if len(j.Freeze) > 0 {
		if err := train.Freeze(t.model.Network, j.Freeze); err != nil {
			return err
		}
	}
	if j.LayerDecay < 1 {
		decayRates(t.model.Network, j.LayerDecay)
	}
	balanced, weights, _ := j.classWeights() // validated before
	if err := t.model.Regularize(weights, balanced, j.LabelSmoothing, &t.train.All); err != nil {
		return err
	}
	batches := float64((t.train.All.Len() + j.Batch - 1) / j.Batch)
	t.perEpoch = max(1, int64(math.Round(batches/float64(j.Accumulate))))
	t.total = int64(j.Steps)
	if t.total == 0 {
		t.total = max(1, int64(math.Ceil(batches*j.Epochs/float64(j.Accumulate)-1e-9)))
	}
	return nil
}

// begin makes the trainer, resumed where that was asked for, and gives it its batches.
func (t *training) begin(ctx context.Context) error {
	training := &task.Training{Model: t.model}
	if err := t.teach(ctx, training); err != nil {
		return err
	}
	t.data.Tokenizer = t.model.Tokenizer.Hash()
	if err := t.same(); err != nil {
		return err
	}
	if err := t.Meet(ctx, &t.job.Settings, t.data.hash()); err != nil {
		return err
	}
	if err := t.Prepare(training, t.settings(), run.Begun{Kind: run.FineTuning, Settings: t.job.Settings, Data: t.data}); err != nil {
		return err
	}
	if t.Checkpoint != "" {
		t.Talk.Log.Info(fmt.Sprintf("resumed at step %d of %d", t.Trainer.State().Step, t.total))
	}
	t.Trainer.Decorate, t.Trainer.SaveWaits = t.decorate, t.model.Adapter != nil // which are written as they are at that moment
	if t.dev != nil {
		t.Trainer.Evaluate = t.evaluate
		if !t.Leads() {
			t.Trainer.Evaluate = t.ByRank0
		}
	}
	feed, err := t.feed(context.WithoutCancel(ctx))
	if err != nil {
		return err
	}
	t.Defer(func() error { feed.Close(); return nil })
	t.Trainer.SetFeed(feed)
	if team := t.Trainer.Team; team != nil {
		t.Trainer.SetFeed(data.NewCut(feed, t.job.Accumulate, team.Parts(), team.First(), team.Own(), t.train.NewBatch))
	}
	t.Talk.Begin()
	return nil
}

// show opens what is written and shown of the run.
func (t *training) show(context.Context) error {
	if !t.Leads() {
		return nil
	}
	return t.Begin(run.View{On: "dev", Held: t.told()})
}

// teach opens the teacher, if there is one.
func (t *training) teach(ctx context.Context, training *task.Training) error {
	j := t.job
	if j.Teacher == "" {
		return nil
	}
	teacher, err := task.Open(ctx, j.Teacher, task.Options{Merge: true, Device: t.Device.String(), Compute: j.Compute, Tell: t.Talk.Files, Warn: t.Talk.Warn})
	if err != nil {
		return fault.New("{teacher}: %w", err)
	}
	t.Defer(teacher.Close)
	t.data.Teacher = weightsHash(teacher.Network)
	training.Teacher, err = task.NewTeacher(teacher, t.model, j.Temperature, j.Alpha)
	return err
}

// same compares settings and data with what the run was begun with.
func (t *training) same() error {
	if t.Checkpoint == "" {
		return nil
	}
	b, err := t.Begun(run.FineTuning)
	if err != nil {
		return err
	}
	return t.job.same(b, t.data)
}

// same refuses to go on from what was begun with other settings or on other data.
func (j *Job) same(b run.Begun, data *Fingerprint) error {
	var was Fingerprint
	known, err := b.Was(&was)
	if err != nil {
		return err
	}
	return b.Same(&j.Settings, &j.Config, func() error {
		if !known {
			j.Warn(b.Where + ": an older program began this run and did not record what it was trained on: other data is not noticed")
			return nil
		}
		return sameData(&was, data)
	})
}

// settings are the trainer's part of the job.
func (t *training) settings() train.Settings {
	j := t.job
	s := j.Config.Settings()
	s.Steps, s.Device = t.total, t.model.Device
	if j.EvaluateEvery == 0 {
		s.EvaluateEvery = t.perEpoch
	}
	if t.dev != nil && (j.SaveBest || j.EarlyStop > 0) {
		s.Best, s.BestIsLow = t.metric()
	}
	return s
}
