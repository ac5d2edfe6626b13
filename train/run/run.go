package run

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"slices"

	"gobert/bert"
	"gobert/internal/fault"
	"gobert/internal/parts"
	"gobert/internal/ranks"
	"gobert/internal/record"
	"gobert/internal/torch"
	"gobert/internal/torch/collective"
	"gobert/train"
)

// Run is one run in its folder. B is a batch, C a place between two of them.
type Run[B, C any] struct {
	Config     *Config
	Talk       train.Talk
	Device     bert.Device // of Resolve
	Compute    torch.DType
	Checkpoint string               // where it goes on; empty: it begins
	Was        train.State          // what that holds
	Trainer    *train.Trainer[B, C] // of Prepare

	place   ranks.Place
	world   *collective.World // of Meet, until this rank has failed
	team    *parts.Team
	record  *record.Log
	closers []func() error
}

// Resolve finds the device and the type of computing that the settings name. That LibTorch computes as they say is for
// [Machine.Prepare], once a process.
func (r *Run[B, C]) Resolve() (err error) {
	c := r.Config.Computing
	if c.Device, err = parts.DeviceOf(c.Device, r.place); err == nil {
		r.Device, r.Compute, err = c.Resolve()
		r.Config.Compute = c.Compute
	}
	return err
}

// Find looks for the checkpoint that the settings ask for. What the folder holds may not be anything but the run that goes on: with
// another's checkpoint a run begins.
func (r *Run[B, C]) Find() (err error) {
	out := r.Config.Out
	if r.Checkpoint, r.Was, err = train.ToResume(out, r.Config.Resume, r.passedOver); err != nil {
		return err
	}
	if r.Checkpoint != "" && sameFolder(filepath.Dir(r.Checkpoint), filepath.Join(out, train.CheckpointsFolder)) {
		return nil
	}
	if !r.Leads() {
		return nil // rank 0 holds it already
	}
	return Vacant(out, r.Config.Resume != "" && r.Checkpoint == "", false)
}

func (r *Run[B, C]) passedOver(broken error) {
	if r.Talk.Log != nil {
		r.Talk.Log.Warn("passed over", "checkpoint", broken)
	}
}

// Prepare makes the trainer, as it was in the checkpoint where there is one. Every checkpoint keeps what the run was begun with.
func (r *Run[B, C]) Prepare(task train.Task[B], s train.Settings, b Begun) (err error) {
	curve := r.Config.Rate()
	if err := curve.ValidateFor(s.Steps); err != nil {
		return fault.Usage("{schedule}: %w", err)
	}
	s.Team = r.team
	if r.Trainer, err = train.New[B, C](task, s); err != nil {
		return err
	}
	r.Trainer.Rate = func(step int64, progress float64) float64 { return curve.Rate(step, s.Steps, progress) }
	if r.Trainer.Extra, err = json.Marshal(b); err != nil {
		return err
	}
	if r.Checkpoint == "" {
		return nil
	}
	if err := r.checkBest(); err != nil {
		return err
	}
	if err := r.Trainer.Resume(r.Checkpoint, r.Was); err != nil {
		return fault.Usage("%w", err)
	}
	return nil
}

// Begin opens the record, cut back to where the run stands, and shows from now on what happens.
func (r *Run[B, C]) Begin(v View) (err error) {
	v.Peak.FLOPs *= float64(r.place.Size)
	c := r.Config
	r.record, err = record.Open(c.Out, record.Options{
		Resume: r.Checkpoint != "" || c.Resume != "", Step: r.Trainer.State().Step, TensorBoard: c.TensorBoard,
	})
	r.Trainer.Reporter = &console{View: v, record: r.record, talk: r.Talk, device: r.Device, leave: r.leaveBest}
	return err
}

// ErrDone ends the steps of a run that has nothing left to do.
var ErrDone = errors.New("there is nothing left to do")

// Do makes the steps of a run, each after the other has gone well, and then releases everything.
func (r *Run[B, C]) Do(ctx context.Context, steps ...func(context.Context) error) (err error) {
	defer func() { err = errors.Join(r.part(err), r.Close()) }()
	for _, step := range steps {
		if err := step(ctx); errors.Is(err, ErrDone) {
			return nil
		} else if err != nil {
			return err
		}
	}
	return nil
}

// Train runs the trainer to the end of the run, or of the context.
func (r *Run[B, C]) Train(ctx context.Context) error {
	err := r.Trainer.Run(ctx)
	r.Talk.Live("")
	return err
}

// Note puts a line of text into the record, with numbers that belong to it.
func (r *Run[B, C]) Note(text string, values ...train.Value) error {
	return r.record.Append(record.Entry{Kind: record.Event, Step: r.Trainer.State().Step, Text: text, Values: values})
}

// Sync makes the record last.
func (r *Run[B, C]) Sync() error { return r.record.Sync() }

// Defer adds what is to be released at the end, behind the trainer and before what was added earlier.
func (r *Run[B, C]) Defer(release func() error) { r.closers = append(r.closers, release) }

// Close releases everything, once. A folder that nothing came of goes, too.
func (r *Run[B, C]) Close() error {
	var errs []error
	if r.Trainer != nil {
		errs = append(errs, r.Trainer.Close())
	}
	if r.record != nil {
		errs = append(errs, r.record.Close())
	}
	r.Trainer, r.record = nil, nil
	for _, release := range slices.Backward(r.closers) {
		errs = append(errs, release())
	}
	r.closers = nil
	return errors.Join(errs...)
}
