package train

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"gobert/bert"
	"gobert/internal/optim"
	"gobert/internal/torch"
)

// Rate gives the learning rate of a step (from 0), at a share of the run that is done.
type Rate func(step int64, progress float64) float64

// Trainer runs a task over a feed.
type Trainer[B, C any] struct {
	Settings
	Rate     Rate
	Evaluate Evaluator // may be nil
	Reporter Reporter
	Extra    json.RawMessage                      // the command's own settings, kept in every checkpoint
	Decorate func(folder string, best bool) error // adds files to a checkpoint, such as the tokenizer's; may be nil

	task      Task[B]
	feed      Feed[B, C]
	store     *bert.Store
	optimizer *optim.Optimizer
	compute   torch.DType
	meter     *meter
	state     State
	cursor    *C
	resumed   time.Duration // elapsed before this process
	began     time.Time
	since     window
}

// window is what happened since the last report.
type window struct {
	began  time.Time
	tokens int64
	flops  float64
	wait   time.Duration
}

// New prepares a run: the network moves into flat memory on the device and gets its moments.
func New[B, C any](task Task[B], s Settings) (*Trainer[B, C], error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	compute, err := torch.ParseCompute(s.Compute)
	if err != nil {
		return nil, err
	}
	t := &Trainer[B, C]{Settings: s, task: task, compute: compute, meter: newMeter(s.Device), state: State{Scaler: newScaler(compute == torch.Float16)}}
	task.Network().Encoder().Checkpoint = s.GradientCheckpoint
	if t.store, err = bert.Flatten(task.Network(), s.Device); err != nil {
		return nil, err
	}
	return t, torch.Run(func() error {
		t.store.UseCompute(compute)
		t.store.PrepareTraining()
		t.optimizer, err = optim.New(t.store, s.Optimizer)
		return err
	})
}

// SetFeed gives the run its batches, which must begin at the cursor of [Trainer.Cursor].
func (t *Trainer[B, C]) SetFeed(feed Feed[B, C]) { t.feed = feed }

// Cursor is where the feed must begin; ok is false for a new run.
func (t *Trainer[B, C]) Cursor() (cursor C, ok bool) {
	if t.cursor == nil {
		return cursor, false
	}
	return *t.cursor, true
}

// State is the run's progress so far.
func (t *Trainer[B, C]) State() State { return t.state }

// ErrInterrupted says that the context ended the run early; a checkpoint was saved.
var ErrInterrupted = errors.New("interrupted: the run was saved and can be resumed")

// Run trains until the horizon, the end of the feed, an early stop, or the end of the context.
func (t *Trainer[B, C]) Run(ctx context.Context) error {
	t.began = time.Now()
	t.resumed = t.state.Elapsed
	t.since = window{began: t.began}
	for !t.finished() {
		if ctx.Err() != nil {
			return errors.Join(ErrInterrupted, t.Save())
		}
		report, err := t.step(ctx)
		if errors.Is(err, io.EOF) {
			break
		}
		if errors.Is(err, context.Canceled) {
			return errors.Join(ErrInterrupted, t.Save())
		}
		if err != nil {
			return err
		}
		if t.due(t.LogEvery) || t.finished() {
			t.report(report)
		}
		if t.due(t.EvaluateEvery) && !t.finished() {
			if stop, err := t.evaluate(ctx); err != nil || stop {
				return errors.Join(err, t.Save())
			}
		}
		if t.due(t.SaveEvery) && !t.finished() {
			if err := t.Save(); err != nil {
				return err
			}
		}
	}
	if _, err := t.evaluate(ctx); err != nil {
		return err
	}
	return t.Save()
}

func (t *Trainer[B, C]) due(every int64) bool { return every > 0 && t.state.Step%every == 0 }

func (t *Trainer[B, C]) finished() bool { return t.progress() >= 1 }

func (t *Trainer[B, C]) progress() float64 {
	return t.Settings.progress(t.state.Step, t.state.Tokens, t.state.Elapsed)
}

// report tells what happened since the last report.
func (t *Trainer[B, C]) report(r StepReport) {
	now := time.Now()
	seconds := max(now.Sub(t.since.began).Seconds(), 1e-9)
	_ = torch.Run(func() error {
		r.Values = t.meter.read()
		return nil
	})
	r.Step, r.Steps, r.Progress = t.state.Step, t.Steps, t.progress()
	r.TokensSeen, r.Seconds = t.state.Tokens, t.state.Elapsed.Seconds()
	r.TokensPerSec, r.FLOPsPerSec = float64(t.since.tokens)/seconds, t.since.flops/seconds
	r.DataWaitShare = t.since.wait.Seconds() / seconds
	t.since = window{began: now}
	if t.Reporter != nil {
		t.Reporter.Step(r)
	}
}

// evaluate measures, remembers the best, and says whether it is time to stop early.
func (t *Trainer[B, C]) evaluate(ctx context.Context) (stop bool, err error) {
	if t.Evaluate == nil {
		return false, nil
	}
	began := time.Now()
	values, err := t.Evaluate(ctx)
	if err != nil {
		return false, fmt.Errorf("train: evaluating after step %d: %w", t.state.Step, err)
	}
	t.since.began = t.since.began.Add(time.Since(began)) // what evaluation takes is no part of the training speed
	if t.Reporter != nil {
		t.Reporter.Evaluation(t.state.Step, values)
	}
	for _, v := range values {
		if v.Name != t.Best {
			continue
		}
		best := t.state.Best
		if best == nil || (t.BestIsLow && v.Value < best.Value) || (!t.BestIsLow && v.Value > best.Value) {
			t.state.Best, t.state.Waiting = &Best{t.state.Step, v.Value}, 0
			return false, t.saveBest()
		}
		t.state.Waiting++
		return t.Patience > 0 && t.state.Waiting >= t.Patience, nil
	}
	return false, nil
}

// Close frees what the trainer holds; the network stays usable.
func (t *Trainer[B, C]) Close() {
	_ = torch.Run(func() error {
		t.optimizer.Free()
		t.meter.free()
		return nil
	})
}
